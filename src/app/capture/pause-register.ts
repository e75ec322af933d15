import { readSettings, type Settings } from '#platform/config/settings.ts'
import { suspendConnections, moveConnections } from '#platform/database/moved-connections.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SwitchableStore } from '#platform/objects/switchable-store.ts'

/** Requests from the supervisor while the register moves (`seloste move`). */
export type RegisterPauseRequest =
  { register: 'pause' } | { register: 'resume'; databaseUrl?: string; environment: Environment }

/** Changed settings. */
export type Environment = Readonly<Record<string, string>>

/** Capture's reply: paused, or resumed. */
export interface RegisterPauseReply {
  register: 'paused' | 'resumed'
  failed?: string
}

/**
 * Pauses capture's access to database and store during a move. Calls are still accepted and recorded into the spool, as during
 * an outage. On resumption capture uses the database and the store that the supervisor names.
 */
export function pauseRegisterOnRequest(
  databaseUrl: string,
  objects: SwitchableStore,
  openStore: (settings: Settings) => Promise<ObjectStore>,
): { stop: () => void } {
  const execute = async (request: RegisterPauseRequest): Promise<RegisterPauseReply> => {
    if (request.register === 'pause') {
      suspendConnections(databaseUrl)
      await objects.pause()
      return { register: 'paused' }
    }
    Object.assign(process.env, request.environment)
    const settings: Settings = readSettings(process.env, process.cwd())
    const store = 'OBJECTS_URL' in request.environment ? await openStore(settings) : undefined
    moveConnections(databaseUrl, request.databaseUrl ?? databaseUrl)
    objects.resume(store)
    return { register: 'resumed' }
  }
  const onMessage = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('register' in message)) return
    const request = message as RegisterPauseRequest
    void execute(request).then(
      (message) => process.send?.(message),
      (error: unknown) =>
        process.send?.({ register: 'paused', failed: (error as Error).message } satisfies RegisterPauseReply),
    )
  }
  process.on('message', onMessage)
  return { stop: () => void process.off('message', onMessage) }
}
