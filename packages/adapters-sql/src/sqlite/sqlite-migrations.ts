/**
 * The tables, in versioned steps. Each step runs in a transaction of its own together with the note that it has
 * run, so a process may die between any two, and of several that start at once each step is run by one.
 */
import { patiently, type SqliteDatabase } from "./sqlite-database.ts"
import type { Migration } from "./sqlite-table-shapes.ts"
import { migrations } from "./sqlite-tables.ts"

/**
 * Brings the tables up to date and returns the names of the steps that this call has run. Throws when the database
 * was written by a newer version of this package.
 */
export const migrate = (
  database: SqliteDatabase,
  steps: ReadonlyArray<Migration> = migrations
): ReadonlyArray<string> => {
  patiently(() => database.exec(versionTable))
  if (lastStep(database) > steps.length) throw new Error("the database was written by a newer version of paykernel")
  return steps.filter((step, place) => patiently(() => runOnce(database, step, place + 1))).map(({ name }) => name)
}

const versionTable = `create table if not exists paykernel_migration (
  step integer primary key, name text not null unique) strict`

const runOnce = (database: SqliteDatabase, { name, statements }: Migration, step: number): boolean => {
  database.exec("begin immediate")
  try {
    const due = lastStep(database) < step
    if (due) {
      for (const statement of statements) database.exec(statement.compile().sql)
      database.prepare("insert into paykernel_migration (step, name) values (?, ?)").run([step, name])
    }
    database.exec("commit")
    return due
  } catch (error) {
    if (database.inTransaction) database.exec("rollback")
    throw error
  }
}

const lastStep = (database: SqliteDatabase): number => {
  const row = database.prepare("select coalesce(max(step), 0) as step from paykernel_migration").get([])
  return (row as { readonly step: number }).step
}
