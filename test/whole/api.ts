/** The API as a client sees it: JSON over HTTP with a cookie. Contains no assertions. */
export interface SegmentShape {
  id: string
  official?: { name: string; phone: string }
  answeredAt?: string
  endedAt?: string
  recording: { id?: string; state: string; keepUntil?: string; destroyAt?: string; cause?: string }
  decision: { record: boolean; reason: string; draw?: number }
  durationMs?: number
  lostPackets?: number
  marks: string[]
  numberReached: string
}

export interface ContactShape {
  id: string
  startedAt: string
  endedAt?: string
  caller: { kind: string; number?: string }
  number: string
  segments: SegmentShape[]
}

export interface Api {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  contacts(query: Record<string, string>): Promise<ContactShape[]>
  contact(id: string, purpose: string, reference?: string): Promise<ContactShape>
  /**
   * Reads a listening's whole audio, range by range. Returns the samples of the left (caller) and right (official)
   * channel.
   */
  listen(
    recordingId: string,
    purpose: string,
    reference?: string,
  ): Promise<{ caller: Int16Array; official: Int16Array }>
}

const wavHeaderBytes = 44

/** Signs in; throws if refused. */
export async function signInAt(url: string, userId: string, password: string): Promise<Api> {
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, password }),
  })
  if (signedIn.status !== 200) throw new Error(`sign-in of ${userId}: ${signedIn.status} ${await signedIn.text()}`)
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return fetch(url + path, {
      method,
      headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  async function json<Shape>(method: string, path: string, body?: unknown): Promise<Shape> {
    const answer = await call(method, path, body)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Shape
  }

  return {
    call,
    contacts: async (query) =>
      (await json<{ items: ContactShape[] }>('GET', `/api/contacts?${new URLSearchParams(query).toString()}`)).items,
    contact: (id, purpose, reference) => {
      const query = new URLSearchParams({ purpose, ...(reference && { reference }) })
      return json('GET', `/api/contacts/${id}?${query.toString()}`)
    },
    async listen(recordingId, purpose, reference) {
      const listening = await json<{ id: string; audio: string }>('POST', `/api/recordings/${recordingId}/listenings`, {
        purpose,
        ...(reference && { reference }),
      })
      const parts: Buffer[] = []
      for (let from = 0, total = Infinity; from < total;) {
        const answer = await call('GET', listening.audio, undefined, { range: `bytes=${from}-` })
        if (answer.status !== 206) throw new Error(`audio from ${from}: ${answer.status} ${await answer.text()}`)
        total = Number(/\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1])
        const bytes = Buffer.from(await answer.arrayBuffer())
        parts.push(bytes)
        from += bytes.length
      }
      await call('DELETE', `/api/listenings/${listening.id}`)
      const pcm = Buffer.concat(parts).subarray(wavHeaderBytes)
      const samples = pcm.length / 4
      const channel = (offset: number) =>
        Int16Array.from({ length: samples }, (_, i) => pcm.readInt16LE(4 * i + offset))
      return { caller: channel(0), official: channel(2) }
    },
  }
}

/** Polls until the function returns an answer; throws after the timeout. */
export async function eventually<Answer>(
  request: () => Promise<Answer | undefined>,
  item: string,
  withinMs = 20_000,
): Promise<Answer> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await request()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${item}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
