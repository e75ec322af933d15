import type { ChildProcess } from 'node:child_process'

/** What a spare is told when its time has come. */
interface Go {
  go: { draining: boolean; databaseUrl?: string | undefined }
}

export interface Spare {
  /**
   * A process for the role: the one that waits, told to begin, or where none does a new one.
   * @param databaseUrl the role's way to the database, where that was not known when the process began to wait
   */
  take(draining: boolean, databaseUrl?: string): ChildProcess
  /** Sees that one waits. */
  prepare(): void
  /** None is needed now. */
  drop(): void
  /** The one that waits was started with settings that are other ones now: another takes its place. */
  renew(): void
  stop(): void
}

/**
 * A process of a role which has read the program and waits: at the start, while the database starts; of capture while calls go on, as on
 * a machine with no time to spare a start takes seconds, and what clients send meanwhile is lost (K1). It holds nothing: no port, no
 * connection, no key.
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
      child.send({ go: { draining, databaseUrl } } satisfies Go)
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

/** The spare's half: resolves when it is needed. Ends the process when its supervisor is gone. */
export async function untilNeeded(role: string, readProgram: () => Promise<unknown>): Promise<void> {
  process.title = 'seloste: a spare that waits'
  const gone = () => process.exit(0)
  process.once('disconnect', gone)
  const needed = new Promise<Go['go']>((resolve) => {
    process.once('message', (message: Go) => resolve(message.go))
  })
  // Read while nothing waits for it. What is wrong with it is told when it is read again.
  void readProgram().catch(() => undefined)
  const { draining, databaseUrl } = await needed
  process.off('disconnect', gone)
  process.title = `seloste start --role ${role}`
  if (draining) process.env['SELOSTE_DRAINING'] = '1'
  if (databaseUrl !== undefined) process.env['SELOSTE_ROLE_DATABASE_URL'] = databaseUrl
}
