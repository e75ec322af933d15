import type { FastifyReply } from 'fastify'

export interface EventStreamOptions {
  everyMs: number
  /** Returns the next event; undefined ends the stream with an event `ended`. */
  nextEvent: () => Promise<{ event: string; data: unknown } | undefined>
  onFault: (error: unknown) => void
  onClosed: () => void
}

/** Returns true if the client has disconnected. A close handler that is added after that would never run. */
export function hasDisconnected(reply: FastifyReply): boolean {
  return reply.raw.destroyed
}

/**
 * Answers with server-sent events (WHATWG HTML, section 9.2), until the client disconnects or `nextEvent`
 * returns undefined.
 */
export function sendEventStream(
  reply: FastifyReply,
  { everyMs, nextEvent, onFault, onClosed }: EventStreamOptions,
): void {
  reply.hijack()
  const stream = reply.raw
  if (hasDisconnected(reply)) return onClosed()
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

  const sendNext = async () => {
    if (stream.destroyed) return
    // Closes the stream of a client that does not read, to save memory. Browsers reconnect.
    if (stream.writableNeedDrain) return void stream.destroy()
    const next = await nextEvent()
    stream.write(`event: ${next?.event ?? 'ended'}\ndata: ${JSON.stringify(next?.data ?? {})}\n\n`)
    if (!next) return void stream.end()
    timer = setTimeout(proceed, everyMs)
  }
  const proceed = () => {
    sendNext().catch((error: unknown) => {
      onFault(error)
      stream.end()
    })
  }
  proceed()
}
