import { describeStore } from "@paykernel/core/testing"
import { temporaryLog } from "./temporary-log.ts"

describeStore("a log file", temporaryLog)
