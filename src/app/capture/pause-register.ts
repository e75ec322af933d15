import { readSettings, type Settings } from '#platform/config/settings.ts'
import { holdConnections, moveConnections } from '#platform/database/moved-connections.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SwitchedStore } from '#platform/objects/switched-store.ts'

/** What the supervisor tells capture while the register moves (`seloste move`). */
export type RegisterPauseRequest =
  { register: 'hold' } | { register: 'goOn'; databaseUrl?: string; environment: Environment }

/** Settings that are other ones now. */
export type Environment = Readonly<Record<string, string>>

/** What capture answers: it waits for the register, or goes on with it. */
export interface RegisterPauseReply {
  register: 'held' | 'going-on'
  failed?: string
}

/**
 * Lets the register move under a running capture: while it is held, calls are taken and recorded as they are when database and store
 * are away, in the spool, and no packet waits for either; then both are where the supervisor says.
 */
export function pauseRegisterOnRequest(
  databaseUrl: string,
  objects: SwitchedStore,
  openStore: (settings: Settings) => Promise<ObjectStore>,
): { stop: () => void } {
  const obey = async (wish: RegisterPauseRequest): Promise<RegisterPauseReply> => {
    if (wish.register === 'hold') {
      holdConnections(databaseUrl)
      await objects.hold()
      return { register: 'held' }
    }
    Object.assign(process.env, wish.environment)
    const settings: Settings = readSettings(process.env, process.cwd())
    const store = 'OBJECTS_URL' in wish.environment ? await openStore(settings) : undefined
    moveConnections(databaseUrl, wish.databaseUrl ?? databaseUrl)
    objects.release(store)
    return { register: 'going-on' }
  }
  const hear = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('register' in message)) return
    const wish = message as RegisterPauseRequest
    void obey(wish).then(
      (told) => process.send?.(told),
      (error: unknown) =>
        process.send?.({ register: 'held', failed: (error as Error).message } satisfies RegisterPauseReply),
    )
  }
  process.on('message', hear)
  return { stop: () => void process.off('message', hear) }
}
