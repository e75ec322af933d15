import type { Kysely } from 'kysely'
import type { Recorder } from '#capture/session/recorder.ts'
import { listen } from '#platform/database/listen.ts'
import { channels } from '#register/channels.ts'
import { forbiddenAmong } from '#register/recordings/forbidden-recordings.ts'
import type { RegisterTables } from '#register/tables.ts'

export interface ForbiddenOptions {
  db: Kysely<RegisterTables>
  databaseUrl: string
  recorder: Pick<Recorder, 'recordings' | 'forbid'>
  /** One that this process does not have is forbidden: it may be another node's of a talk that is recorded here as well. */
  onAnother?: () => void
  onFault: (error: unknown) => void
  /** What is missed on the channel is found so soon. */
  lookMs?: number
}

/**
 * Tells the recorder which of its recordings are forbidden (R49): at once as the database says so; every few seconds besides, as
 * a word may be missed; and of the calls of the last day when it starts and whenever the database was away, as a call that a
 * restart interrupted comes back. Returns once it has looked the first time, or has found no database: capture does not wait.
 */
export async function followForbidden(options: ForbiddenOptions): Promise<{ stop: () => Promise<void> }> {
  const { db, recorder, onFault, lookMs = 2_000 } = options
  let looking = Promise.resolve()
  /** Nobody has looked at the calls of the last day since the database was away. */
  let behind = true

  async function look(known: readonly string[]): Promise<void> {
    const found = await forbiddenAmong(db, known)
    // One that waits for its disk keeps no other from being stopped.
    for (const { id, destroys } of found) recorder.forbid(id, destroys).catch(onFault)
  }
  function lookAgain(): Promise<void> {
    looking = looking
      .then(async () => {
        const all = behind
        behind = false
        await look(recorder.recordings(all ? 'remembered' : 'going'))
      })
      .catch((error: unknown) => {
        behind = true
        onFault(error)
      })
    return looking
  }

  await lookAgain()
  const timer = setInterval(() => void lookAgain(), lookMs)
  const told = listen({
    url: options.databaseUrl,
    channels: [channels.forbidden],
    // Not in line behind a look that is under way: it was asked before this was said.
    onNotification: (_channel, id) => {
      if (recorder.recordings('remembered').includes(id)) look([id]).catch(onFault)
      else options.onAnother?.()
    },
    onListening: () => {
      behind = true
      void lookAgain()
    },
    onBroken: onFault,
  })
  return {
    async stop() {
      clearInterval(timer)
      await told.stop()
      await looking
    },
  }
}
