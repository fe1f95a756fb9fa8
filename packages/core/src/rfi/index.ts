/** Requests for information about the parties of a payment: asked, answered, decided. */
export * from "./rfi.ts"
export { decide, isActive, type RfiDecision, rfiFileMaxBytes, rfiFilesMax } from "./rfi-decide.ts"
export { evolve, noRfi } from "./rfi-evolve.ts"
export { isContentOf } from "./rfi-file-content.ts"
export * from "./rfi-file-types.ts"
export { rfiMachine } from "./rfi-machine.ts"
