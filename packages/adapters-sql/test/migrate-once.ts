/** A process that brings a file up to date and prints which steps it ran: `file`. */
import { migrate } from "@paykernel/adapters-sql/sqlite"
import Database from "better-sqlite3"

const database = new Database(process.argv[2])
process.stdout.write(JSON.stringify(migrate(database)))
database.close()
