import { sql, type Kysely } from 'kysely'
import type { ClientsSeen } from '#capture/session/clients-seen.ts'
import type { RegisterTables } from '#register/tables.ts'

const everyMs = 5_000
const forgetEveryMs = 3_600_000

/** Keeps what clients send where the pages find it. While the database is away it waits in memory; a crash loses so much. */
export function keepClientsSeen(options: {
  db: Kysely<RegisterTables>
  clients: ClientsSeen
  onFault: (error: unknown) => void
}): { stop: () => Promise<void> } {
  const { db, clients, onFault } = options
  let going = Promise.resolve()
  let forgotAt = -Infinity

  async function keep(): Promise<void> {
    const waiting = clients.take()
    try {
      for (let told = waiting[0]; told; told = waiting[0]) {
        const { trunk, client, sessions, refused, sends } = told
        await sql`select note_client(${trunk}, ${client}, ${sessions}, ${refused}, ${JSON.stringify(sends)}::jsonb)`.execute(
          db,
        )
        waiting.shift()
      }
      if (performance.now() - forgotAt < forgetEveryMs) return
      forgotAt = performance.now()
      await sql`select forget_capture_seen()`.execute(db)
    } catch (error) {
      clients.putBack(waiting)
      onFault(error)
    }
  }

  const timer = setInterval(() => (going = going.then(keep)), everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await going
      await keep()
    },
  }
}
