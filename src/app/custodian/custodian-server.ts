import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Blocker } from '#platform/blockers/blockers.ts'
import { closeSocket, listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import type { CopyHearings, PlaybackRequest } from '#use/disclosure/copies/play-copy.ts'
import type { AudioRequest, AudioServer } from '#use/playback/serve-audio.ts'
import type { DraftRequest, TriedDraft } from './try-draft.ts'

const maxQuestionBytes = 32 * 1024
/** Maximum size of a transcript: that of a call of an hour, with a margin. */
const maxWordsBytes = 3 * 1024 * 1024
const withWords: ReadonlySet<string> = new Set(['/anonymised-copies/save', '/anonymised-copies/propose'])

/** The custodian's answers to the desk. */
export interface CustodianAnswers extends AudioServer {
  /** The custodian's blockers. */
  blockers: () => readonly Blocker[]
  tryDraft: (request: DraftRequest) => Promise<TriedDraft | 'refused' | 'unreadable'>
  /** Audio of an anonymised copy. */
  hearCopy: CopyHearings['audio']
  /** Requests with one JSON answer, by path; each handler checks the session. */
  questions: Readonly<Record<string, (request: never) => Promise<unknown>>>
}

export type AnswerDesk = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Serves the desk over a unix socket that this user, and if configured the desk's user, can open (listen-at-socket.ts). */
export async function serveCustodian(
  socketPath: string,
  answerDesk: AnswerDesk,
): Promise<{ stop: () => Promise<void> }> {
  const server = createServer(answerDesk)
  await listenAtSocket(server, socketPath)
  return { stop: () => closeSocket(server) }
}

/**
 * Handles requests of both transports. Each request names a session and an object, such as a listening or a draft. The handlers
 * check in the database that the session has access to the object at this instant.
 */
export function answersToDesk(answers: CustodianAnswers, onFault: (error: unknown) => void): AnswerDesk {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readQuestion(incoming)
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
            : await answers.hearCopy(request as PlaybackRequest, gone.signal)
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
        const tried = await answers.tryDraft(request as DraftRequest)
        if (typeof tried === 'string') outgoing.writeHead(tried === 'refused' ? 404 : 422).end()
        else outgoing.writeHead(200).end(JSON.stringify(tried))
        return
      }
      default: {
        const path = incoming.url ?? ''
        const question = Object.hasOwn(answers.questions, path) ? answers.questions[path] : undefined
        if (!question) outgoing.writeHead(400).end()
        else outgoing.writeHead(200).end(JSON.stringify(await question(request as never)))
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

async function readQuestion(incoming: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let size = 0
  const largest = withWords.has(incoming.url ?? '') ? maxWordsBytes : maxQuestionBytes
  for await (const part of incoming as AsyncIterable<Buffer>) {
    size += part.length
    if (size > largest) throw new Error('a request to the custodian is too long')
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}
