import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Blocker } from '#platform/blockers/blockers.ts'
import { closeServer } from '#platform/connections/small-server.ts'
import { listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import type { CopyPlaybacks, PlaybackRequest } from '#use/disclosure/copies/play-copy.ts'
import type { AudioRequest, AudioServer } from '#use/playback/serve-audio.ts'
import type { DryRunRequest, DryRunCounts } from './dry-run-draft.ts'

const maxRequestBytes = 32 * 1024
/** Maximum size of a transcript: that of a call of an hour, with a margin. */
const maxTranscriptBytes = 3 * 1024 * 1024
const transcriptPaths: ReadonlySet<string> = new Set(['/anonymised-copies/save', '/anonymised-copies/propose'])

/** The custodian's answers to the desk. */
export interface CustodianHandlers extends AudioServer {
  /** The custodian's blockers. */
  blockers: () => readonly Blocker[]
  tryDraft: (request: DryRunRequest) => Promise<DryRunCounts | 'refused' | 'unreadable'>
  /** Audio of an anonymised copy. */
  playCopy: CopyPlaybacks['audio']
  /** Requests with one JSON answer, by path; each handler checks the session. */
  jsonHandlers: Readonly<Record<string, (request: never) => Promise<unknown>>>
}

export type DeskHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Serves the desk over a unix socket that this user, and if configured the desk's user, can open (listen-at-socket.ts). */
export async function serveCustodian(
  socketPath: string,
  answerDesk: DeskHandler,
): Promise<{ stop: () => Promise<void> }> {
  const server = createServer(answerDesk)
  await listenAtSocket(server, socketPath)
  return { stop: () => closeServer(server) }
}

/**
 * Handles requests of both transports. Each request names a session and an object, such as a listening or a draft. The handlers
 * check in the database that the session has access to the object at this instant.
 */
export function createDeskHandler(answers: CustodianHandlers, onFault: (error: unknown) => void): DeskHandler {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequestBody(incoming)
    switch (incoming.url) {
      case '/blockers':
        outgoing.writeHead(200).end(JSON.stringify(answers.blockers()))
        return
      case '/anonymised-copies/audio':
      case '/audio': {
        const gone = new AbortController()
        outgoing.on('close', () => gone.abort())
        const served =
          incoming.url === '/audio'
            ? await answers.audio(request as AudioRequest, gone.signal)
            : await answers.playCopy(request as PlaybackRequest, gone.signal)
        if (typeof served === 'string') outgoing.writeHead(served === 'too-fast' ? 429 : 416).end()
        else if ('over' in served) outgoing.writeHead(404).end(JSON.stringify(served))
        if (typeof served === 'string' || 'over' in served) return
        outgoing.writeHead(200, { 'seloste-from': served.from, 'seloste-total': served.totalBytes })
        outgoing.end(served.bytes)
        return
      }
      case '/peaks': {
        const peaks = await answers.peaks(request as AudioRequest)
        outgoing.writeHead('over' in peaks ? 404 : 200).end(JSON.stringify(peaks))
        return
      }
      case '/prepare':
        await answers.prepare(request as AudioRequest)
        outgoing.writeHead(204).end()
        return
      case '/try-draft': {
        const tried = await answers.tryDraft(request as DryRunRequest)
        if (typeof tried === 'string') outgoing.writeHead(tried === 'refused' ? 404 : 422).end()
        else outgoing.writeHead(200).end(JSON.stringify(tried))
        return
      }
      default: {
        const path = incoming.url ?? ''
        const handler = Object.hasOwn(answers.jsonHandlers, path) ? answers.jsonHandlers[path] : undefined
        if (!handler) outgoing.writeHead(400).end()
        else outgoing.writeHead(200).end(JSON.stringify(await handler(request as never)))
      }
    }
  }

  return (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      onFault(error)
      if (!outgoing.headersSent) outgoing.writeHead(500)
      outgoing.end()
    })
  }
}

async function readRequestBody(incoming: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  const largest = transcriptPaths.has(incoming.url ?? '') ? maxTranscriptBytes : maxRequestBytes
  for await (const part of incoming as AsyncIterable<Buffer>) {
    size += part.length
    if (size > largest) throw new Error('a request to the custodian is too long')
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}
