import type { ChildProcess } from 'node:child_process'

/** Message that activates a spare process. */
interface ActivationMessage {
  activate: { draining: boolean; databaseUrl?: string | undefined }
}

export interface Spare {
  /**
   * Returns a process for the role: the spare, which it activates, or a new one.
   * @param databaseUrl database URL, if the spare started without one
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
 * Manages a spare process: it has loaded a role's program and waits for activation. Each role has one while the database
 * starts. Capture has one during calls, because a start takes seconds on a busy machine, and media sent meanwhile is lost (K1).
 * A spare has no ports, connections or keys.
 * @param start forks the role; if `isSpare` is true, as a spare (SELOSTE_SPARE=1)
 */
export function createSpare(start: (isSpare: boolean) => ChildProcess): Spare {
  let spare: ChildProcess | undefined
  let stopped = false

  function prepare(): void {
    if (stopped || spare) return
    const child = start(true)
    spare = child
    child.on('error', () => undefined)
    child.on('exit', () => {
      if (spare === child) spare = undefined
    })
  }

  function drop(): void {
    spare?.kill('SIGKILL')
    spare = undefined
  }

  return {
    take(draining, databaseUrl) {
      const child = spare
      spare = undefined
      if (!child?.connected) return start(false)
      child.removeAllListeners()
      child.send({ activate: { draining, databaseUrl } } satisfies ActivationMessage)
      return child
    },
    prepare,
    drop,
    renew() {
      if (!spare) return
      drop()
      prepare()
    },
    stop() {
      stopped = true
      drop()
    },
  }
}

/** Called in the spare process: resolves when it is activated. Exits when its supervisor has exited. */
export async function waitForActivation(role: string, loadProgram: () => Promise<unknown>): Promise<void> {
  process.title = 'seloste: spare process'
  const exit = () => process.exit(0)
  process.once('disconnect', exit)
  const activated = new Promise<ActivationMessage['activate']>((resolve) => {
    process.once('message', (message: ActivationMessage) => resolve(message.activate))
  })
  // Loads the program in advance. An error is ignored here; it is reported when the program is loaded after activation.
  void loadProgram().catch(() => undefined)
  const { draining, databaseUrl } = await activated
  process.off('disconnect', exit)
  process.title = `seloste start --role ${role}`
  if (draining) process.env['SELOSTE_DRAINING'] = '1'
  if (databaseUrl !== undefined) process.env['SELOSTE_ROLE_DATABASE_URL'] = databaseUrl
}
