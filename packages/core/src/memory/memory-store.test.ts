import { describeStore } from "../testing/store.suite.ts"
import { memoryStore } from "./memory-store.ts"

describeStore("the memory store", async () => ({ store: memoryStore(), close: () => {} }))
