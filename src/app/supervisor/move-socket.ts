/**
 * Lets `seloste move` pause a running Seloste over a socket of the supervisor's user, and resume it at the register's new
 * location, or at the old one if the command ends early.
 */
import { createConnection, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { Fault } from '#platform/fault.ts'
import { listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import type { Environment } from '../capture/pause-register.ts'
import { socketPath, type SocketSettings } from '../roles/sockets.ts'

/** Functions of the supervisor for a move. */
export interface MoveHandlers {
  /** Stops all roles except capture, which continues to record into its spool. */
  pause: () => Promise<void>
  /** Resumes all roles: with these settings if the register has moved, otherwise with the old ones. */
  resume: (environment: Environment) => Promise<void>
}

type MoveRequest = { pause: Environment } | { resume: true }
type MoveResponse = { done: true } | { refused: string }

export interface MoveSocket {
  /** Resumes as if the command had ended. */
  cancel: () => void
  stop: () => Promise<void>
}

/** Opens the socket. Accepts one move at a time. */
export async function listenForMoves(settings: SocketSettings, handlers: MoveHandlers): Promise<MoveSocket> {
  const path = socketPath(settings, 'moving')
  const open = new Set<Socket>()
  let mover: Socket | undefined
  /** Resolves when all roles have resumed after the previous move. */
  let ending: Promise<unknown> = Promise.resolve()
  const server = createServer((socket) => {
    let environment: Environment | undefined
    const send = (response: MoveResponse) => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(response)}\n`)
    }
    const answer = (work: Promise<void>) =>
      work.then(
        () => send({ done: true }),
        (error: unknown) => send({ refused: (error as Error).message }),
      )
    /** Requests run one after another: if the command disconnects while pausing, the roles resume after the pause is complete. */
    let last = Promise.resolve()
    const resume = async () => {
      if (environment === undefined) return
      const to = environment
      environment = undefined
      await handlers.resume(to)
    }
    open.add(socket)
    socket.on('error', () => undefined) // `close` follows.
    createInterface({ input: socket }).on('line', (line) => {
      const request = JSON.parse(line) as MoveRequest
      if ('resume' in request) {
        last = last.then(() => answer(resume()))
        return
      }
      if (mover && !mover.destroyed) return send({ refused: 'another "seloste move" is running' })
      mover = socket
      const before = ending
      last = last
        .then(() => before)
        .then(() => {
          if (socket.destroyed) return
          environment = request.pause
          return answer(handlers.pause())
        })
    })
    socket.on('close', () => {
      open.delete(socket)
      last = last.then(resume).catch(() => undefined)
      ending = Promise.all([ending, last])
    })
  })
  await listenAtSocket(server, path, 'owner')
  return {
    cancel: () => void mover?.destroy(),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Connection to a Seloste that can be paused. Closing it without `resume` also resumes Seloste. */
export interface MoveConnection {
  pause: (environment: Environment) => Promise<void>
  resume: () => Promise<void>
  close: () => void
}

/** Connects to the Seloste that runs with this data folder; undefined if none runs. */
export async function connectForMove(settings: SocketSettings): Promise<MoveConnection | undefined> {
  const socket = createConnection(socketPath(settings, 'moving'))
  const isConnected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  if (!isConnected) return undefined
  const waiting: PromiseWithResolvers<void>[] = []
  createInterface({ input: socket }).on('line', (line) => {
    const response = JSON.parse(line) as MoveResponse
    const one = waiting.shift()
    if ('refused' in response) one?.reject(new Fault('move-not-held', response.refused))
    else one?.resolve()
  })
  socket.on('error', () => undefined) // `close` follows.
  socket.on('close', () => {
    for (const one of waiting) one.reject(new Fault('move-not-held', 'the running Seloste has exited; see its log'))
  })
  const request = (requested: MoveRequest) => {
    const one = Promise.withResolvers<void>()
    waiting.push(one)
    socket.write(`${JSON.stringify(requested)}\n`)
    return one.promise
  }
  return {
    pause: (environment) => request({ pause: environment }),
    resume: () => request({ resume: true }),
    close: () => socket.end(),
  }
}
