import { nodeListener } from "@paykernel/webhooks/node"
import express from "express"
import { receive } from "./receive.ts"

export const app = express()

app.all("/webhooks", nodeListener(receive))
