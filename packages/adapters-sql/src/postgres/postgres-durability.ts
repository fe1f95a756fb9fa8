/**
 * What is answered must outlive a crash, also where the host has told its server or its sessions to answer before the
 * write-ahead log is on the disk. A setting of one transaction leaves the host's connections as they are.
 */

/** A query of one row. A statement that reads its value is durable once it is answered. */
export const makeDurable = `select set_config('synchronous_commit',
  case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end,
  true) as setting`
