/**
 * Runs the database and a process for each role on one machine, and restarts a role when its process exits. On shutdown it
 * stops the roles, then the database. If the supervisor dies, its roles exit because the IPC channel closes, and the embedded
 * database stops.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { captureFileThreads, captureProcessFlags } from '#capture/rtp/process-flags.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { Log } from '#platform/log/log.ts'
import { startDatabase, type RunningDatabase } from './bootstrap.ts'
import type { Environment, RegisterPauseReply, RegisterPauseRequest } from '../capture/pause-register.ts'
import { scheduleBackups, type BackupSchedule } from './schedule-backups.ts'
import { listenForMoves, type MoveSocket } from './move-socket.ts'
import type { RoleName } from '../roles/role.ts'
import { createSpare } from './spare-process.ts'
import { watchHeartbeats } from './watch-heartbeats.ts'

export interface Supervised {
  database: RunningDatabase
  addresses: Record<Exclude<RoleName, 'feeds'>, string>
  pids: () => Partial<Record<RoleName, number>>
  /** Restarts a role with the program now on disk. */
  renew: (name: RoleName) => void
  /** Resolves with an error if Seloste as a whole cannot continue. */
  failed: Promise<Error>
  stop: () => Promise<void>
}

/** Message of a role to its supervisor. */
interface RoleMessage {
  ready?: string
  failed?: string
  /** From capture: true when calls begin, false after ten minutes without calls. */
  hasCalls?: boolean
  draining?: boolean
  drained?: boolean
}

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const restartMs = 500
const stopMs = 20_000
const resumeRetryMs = 5_000
/** A role that exits within this time after its start is restarted with backoff. */
const earlyExitMs = 10_000
const maxEarlyExits = 5

/**
 * Starts the database and all roles; resolves when every role is ready. Throws the error of a role that cannot start.
 * @param checkRegister checks the register before a role uses it
 */
export async function superviseRoles(
  first: Settings,
  log: Log,
  checkRegister: (adminUrl: string) => Promise<void>,
): Promise<Supervised> {
  /** Replaced once the register has moved. */
  let settings = first
  let fail: (error: Error) => void = () => undefined
  const failed = new Promise<Error>((resolve) => (fail = resolve))
  let database: RunningDatabase
  const children = new Map<RoleName, ChildProcess>()
  const earlyExits = new Map<RoleName, number>()
  /** Roles that exit when their last session is sealed. */
  const draining = new Set<RoleName>()
  /** Roles that have drained; they are not restarted before Seloste itself is. */
  const drained = new Set<RoleName>()
  /** Roles that `renew` is restarting. */
  const restarting = new Set<RoleName>()
  let stopping = false
  /** Set while the register moves: only capture runs. */
  let paused: PromiseWithResolvers<void> | undefined
  let backups: BackupSchedule | undefined
  let moving: MoveSocket | undefined
  /** Settings of the register's new location, until it runs there. */
  let newLocation: Environment | undefined

  function forkRole(name: RoleName, environment: NodeJS.ProcessEnv = {}): ChildProcess {
    return fork(main, ['start', '--role', name], {
      env: { ...roleEnvironment(process.env, name), ...threadsOf(name), ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...(name === 'capture' ? captureProcessFlags : [])],
    })
  }
  const spareOf = (name: RoleName) =>
    createSpare((waits) =>
      waits
        ? forkRole(name, { SELOSTE_SPARE: '1' })
        : forkRole(name, {
            SELOSTE_ROLE_DATABASE_URL: database.roleUrls[name],
            ...(draining.has(name) && { SELOSTE_DRAINING: '1' }),
          }),
    )
  const spares = {
    custodian: spareOf('custodian'),
    capture: spareOf('capture'),
    desk: spareOf('desk'),
    feeds: spareOf('feeds'),
  }
  // The spares load their programs while the database starts.
  for (const name of ['custodian', 'capture', 'desk'] as const) spares[name].prepare()

  function start(name: RoleName): Promise<string> {
    const child = spares[name].take(draining.has(name), database.roleUrls[name])
    children.set(name, child)
    const startedAt = performance.now()
    return new Promise((resolve, reject) => {
      child.on('message', (message: RoleMessage) => {
        if (message.ready !== undefined) {
          // Only capture is watched: other roles may block for a long time, and their clients can retry.
          if (name === 'capture') {
            watchHeartbeats(child, { onHung: () => log.error(`the ${name} process does not respond; killing it`) })
          }
          resolve(message.ready)
        }
        if (message.hasCalls === true) spares[name].prepare()
        if (message.hasCalls === false) spares[name].drop()
        if (message.draining === true) draining.add(name)
        if (message.draining === false) draining.delete(name)
        if (message.drained) drained.add(name)
        if (message.failed !== undefined) reject(new Fault('role-failed', message.failed))
      })
      child.on('exit', (code, signal) => {
        children.delete(name)
        if (stopping || (paused && name !== 'capture')) return
        if (paused) {
          // A restarted capture would write to the old location.
          log.error('the capture process exited while the register was paused: the move is cancelled')
          moving?.cancel()
          void paused.promise.then(() => restart(name, startedAt, `code ${String(code)}, signal ${String(signal)}`))
          return
        }
        if (drained.has(name)) {
          spares[name].stop()
          log.warn(`the ${name} process has drained and exited; start Seloste again to accept calls`)
          return
        }
        reject(new Error(`the ${name} process exited during startup`))
        if (restarting.delete(name)) {
          start(name).catch(() => undefined)
          return
        }
        restart(name, startedAt, `code ${String(code)}, signal ${String(signal)}`)
      })
    })
  }

  function renew(name: RoleName): void {
    const child = children.get(name)
    if (!child || stopping || paused) return
    spares[name].renew()
    restarting.add(name)
    void endChild(child)
  }

  function restart(name: RoleName, startedAt: number, exit: string): void {
    const exits = performance.now() - startedAt < earlyExitMs ? (earlyExits.get(name) ?? 0) + 1 : 0
    earlyExits.set(name, exits)
    if (exits > maxEarlyExits) {
      fail(new Error(`the ${name} process keeps exiting (${exit}); see its last lines above`))
      return
    }
    log.error(`the ${name} process exited (${exit}); restarting it`)
    setTimeout(
      () => {
        if (!stopping) start(name).catch(() => undefined)
      },
      // Restarts at once if the role had run for a while: media that clients send is lost until capture's ports are open again.
      exits === 0 ? 0 : restartMs * 2 ** (exits - 1),
    )
  }

  /** Starts the custodian first, because capture needs its intake keys, and then the other roles. */
  async function startRoles<Name extends 'capture' | 'desk'>(
    ...names: Name[]
  ): Promise<Record<Name | 'custodian', string>> {
    const custodian = await start('custodian')
    const others = await Promise.all(names.map(async (name) => [name, await start(name)] as const))
    if (settings.feedsFile !== undefined) await start('feeds')
    backups = scheduleBackups(settings, main, log)
    return { custodian, ...(Object.fromEntries(others) as Record<Name, string>) }
  }

  async function pauseRoles(): Promise<void> {
    paused = Promise.withResolvers()
    const capture = children.get('capture')
    await backups?.stop()
    await Promise.all([...children].flatMap(([name, child]) => (name === 'capture' ? [] : [endChild(child)])))
    if (capture) await sendToCapture(capture, { register: 'pause' })
    log.warn('the register is paused while it is moved; calls are recorded and queued in the spool')
  }

  /** Resumes the register at its present location. Retries until it succeeds, because capture waits for the register. */
  async function resume(environment: Environment): Promise<void> {
    if (stopping) return
    try {
      await resumeRegister(environment)
    } catch (error) {
      log.error({ err: error }, 'the register cannot resume yet; calls are recorded and queued. Retrying')
      setTimeout(() => void resume(environment).catch(() => undefined), resumeRetryMs).unref()
      throw error
    }
    // A role that fails to start is restarted like one that exits.
    await startRoles('desk')
  }

  async function resumeRegister(environment: Environment): Promise<void> {
    const to = environment['DATABASE_URL']
    const from = { databaseUrl: database.adminUrl, objects: settings.objects }
    const { completeInterruptedMove } = await import('./finish-move.ts')
    newLocation ??= (await completeInterruptedMove(from, environment)).moved ? environment : undefined
    const oldDatabase = database
    if (newLocation) {
      Object.assign(process.env, newLocation)
      settings = readSettings(process.env, process.cwd())
      if (to !== undefined && database.adminUrl !== to) database = await startDatabase(settings, log, fail)
      spares.capture.renew()
    }
    const capture = children.get('capture')
    const databaseUrl = database.roleUrls.capture
    if (capture) await sendToCapture(capture, { register: 'resume', databaseUrl, environment: newLocation ?? {} })
    if (oldDatabase !== database) await oldDatabase.stop()
    const [left, waiting] = [newLocation, paused]
    newLocation = undefined
    paused = undefined
    waiting?.resolve()
    log.warn(left ? 'the register resumed where it was moved to' : 'the register resumed where it was')
  }

  async function stop(): Promise<void> {
    stopping = true
    for (const spare of Object.values(spares)) spare.stop()
    await moving?.stop()
    await backups?.stop()
    await Promise.all([...children.values()].map(endChild))
    await database.stop()
  }

  try {
    database = await startDatabase(settings, log, fail)
  } catch (error) {
    for (const spare of Object.values(spares)) spare.stop()
    throw error
  }
  try {
    await checkRegister(database.adminUrl)
    const addresses = await startRoles('capture', 'desk')
    moving = await listenForMoves(settings, { pause: pauseRoles, resume })
    return {
      database,
      addresses,
      pids: () => Object.fromEntries([...children].map(([name, child]) => [name, child.pid])),
      renew,
      failed,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Environment variables that roles do not get: the owner's access to the database, the demo's password. */
const supervisorVariables = new Set(['DATABASE_URL', 'SELOSTE_DEMO_PASSWORD', 'PGUSER', 'PGPASSWORD', 'PGPASSFILE'])

/** Returns environment variables for threads and memory of a role. Values set by the operator take precedence. */
function threadsOf(name: RoleName): NodeJS.ProcessEnv {
  return {
    // Limits glibc's memory pools: by default each thread keeps freed memory in its own pool.
    MALLOC_ARENA_MAX: process.env['MALLOC_ARENA_MAX'] ?? '2',
    ...(name === 'capture' && { UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? String(captureFileThreads) }),
  }
}

/** Environment variables only for roles that write or read encrypted recordings. */
const objectStoreVariables = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])

/** Returns the environment of a role's process: the supervisor's, without variables that the role does not need. */
export function roleEnvironment(environment: NodeJS.ProcessEnv, role: RoleName): NodeJS.ProcessEnv {
  const reachesStore = role === 'capture' || role === 'custodian'
  const passedOn = Object.entries(environment).filter(
    ([name]) => !supervisorVariables.has(name) && (reachesStore || !objectStoreVariables.has(name)),
  )
  return Object.fromEntries(passedOn)
}

/** Sends a request to capture. Throws capture's error, or an error if it does not answer. */
async function sendToCapture(capture: ChildProcess, request: RegisterPauseRequest): Promise<void> {
  const answered = Promise.withResolvers<RegisterPauseReply>()
  const onMessage = (message: object) => {
    if ('register' in message) answered.resolve(message as RegisterPauseReply)
  }
  const timer = setTimeout(() => answered.resolve({ register: 'paused', failed: 'capture does not answer' }), stopMs)
  capture.on('message', onMessage)
  capture.send(request)
  const answer = await answered.promise
  clearTimeout(timer)
  capture.off('message', onMessage)
  if (answer.failed !== undefined) throw new Fault('move-not-held', answer.failed)
}

function endChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve()
      return
    }
    const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
    child.on('exit', () => {
      clearTimeout(late)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
