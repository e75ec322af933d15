import type { ChildProcess } from 'node:child_process'

/** Message that activates a spare process. */
interface StartMessage {
  go: { draining: boolean; databaseUrl?: string | undefined }
}

export interface Spare {
  /**
   * Returns a process for the role: the activated spare, or a new one.
   * @param databaseUrl if it was not known when the spare started
   */
  take(draining: boolean, databaseUrl?: string): ChildProcess
  /** Starts a spare if there is none. */
  prepare(): void
  /** Ends the spare. */
  drop(): void
  /** Replaces a spare that was started with outdated settings. */
  renew(): void
  stop(): void
}

/**
 * Spare processes: they have loaded a role's program and wait. At the start, while the database starts; for capture during
 * calls, since a start takes seconds on a busy machine, and what clients send meanwhile is lost (K1). A spare has no ports,
 * connections or keys.
 * @param start forks the role; `waits`: with SELOSTE_SPARE=1
 */
export function createSpare(start: (waits: boolean) => ChildProcess): Spare {
  let waiting: ChildProcess | undefined
  let stopped = false

  function prepare(): void {
    if (stopped || waiting) return
    const child = start(true)
    waiting = child
    child.on('error', () => undefined)
    child.on('exit', () => {
      if (waiting === child) waiting = undefined
    })
  }

  function drop(): void {
    waiting?.kill('SIGKILL')
    waiting = undefined
  }

  return {
    take(draining, databaseUrl) {
      const child = waiting
      waiting = undefined
      if (!child?.connected) return start(false)
      child.removeAllListeners()
      child.send({ go: { draining, databaseUrl } } satisfies StartMessage)
      return child
    },
    prepare,
    drop,
    renew() {
      if (!waiting) return
      drop()
      prepare()
    },
    stop() {
      stopped = true
      drop()
    },
  }
}

/** The spare's side: resolves when it is activated. Ends the process when its supervisor is gone. */
export async function untilNeeded(role: string, readProgram: () => Promise<unknown>): Promise<void> {
  process.title = 'seloste: a spare that waits'
  const gone = () => process.exit(0)
  process.once('disconnect', gone)
  const needed = new Promise<StartMessage['go']>((resolve) => {
    process.once('message', (message: StartMessage) => resolve(message.go))
  })
  // Loaded in advance; an error is reported when it is loaded again.
  void readProgram().catch(() => undefined)
  const { draining, databaseUrl } = await needed
  process.off('disconnect', gone)
  process.title = `seloste start --role ${role}`
  if (draining) process.env['SELOSTE_DRAINING'] = '1'
  if (databaseUrl !== undefined) process.env['SELOSTE_ROLE_DATABASE_URL'] = databaseUrl
}
