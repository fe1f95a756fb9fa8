/** The deterministic simulation: the whole system under virtual time, replayable from one number. */
export { type FaultPoint, faultPoints } from "../../ports/fault-points.ts"
export { type Coverage, type CoverageCount, countCoverage, machineEdges, missed } from "./coverage.ts"
export type { Invariant, Problem } from "./problems.ts"
export { parseSchedule, printSchedule, type Schedule, type Step } from "./schedule.ts"
export { describeFailure, type ShrinkOptions, shrink } from "./shrink.ts"
export { replay, type SimulateOptions, type SimulationResult, scheduleOf, simulate } from "./simulate.ts"
export { everyFault, type Faults, noFaults } from "./weather.ts"
export type { Planting } from "./world.ts"
