import type { FastifyReply } from 'fastify'

export interface EventSource {
  everyMs: number
  /** The next picture; nothing, and the stream ends with an event `ended`. */
  picture: () => Promise<{ event: string; data: unknown } | undefined>
  onFault: (error: unknown) => void
  onClosed: () => void
}

/**
 * Returns true once the browser has gone. One that went while it was asked who it is closes nothing afterwards: what ends
 * with a stream would never end.
 */
export function hasLeft(reply: FastifyReply): boolean {
  return reply.raw.destroyed
}

/** Answers with server-sent events (WHATWG HTML, section 9.2), a picture at a time, until the reader or the pictures end. */
export function openEvents(reply: FastifyReply, { everyMs, picture, onFault, onClosed }: EventSource): void {
  reply.hijack()
  const stream = reply.raw
  if (hasLeft(reply)) return onClosed()
  let timer: NodeJS.Timeout | undefined
  stream.on('close', () => {
    clearTimeout(timer)
    onClosed()
  })
  stream.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })

  const show = async () => {
    if (stream.destroyed) return
    // Who has read nothing since the last picture would only fill our memory; a browser connects again.
    if (stream.writableNeedDrain) return void stream.destroy()
    const next = await picture()
    stream.write(`event: ${next?.event ?? 'ended'}\ndata: ${JSON.stringify(next?.data ?? {})}\n\n`)
    if (!next) return void stream.end()
    timer = setTimeout(go, everyMs)
  }
  const go = () => {
    show().catch((error: unknown) => {
      onFault(error)
      stream.end()
    })
  }
  go()
}
