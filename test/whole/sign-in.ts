import type { RunningSeloste } from './start-seloste.ts'

/** One person's session with the API, as a program that is not a browser would hold it. */
export interface SignedIn {
  /** Answers of any status; `body` is the parsed JSON, or undefined where there is none. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>
  /** As `ask`, for an answer that has to be there: throws with the status and what was said if it is not 2xx. */
  get<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
  /** The bytes of a range of a resource, and how long the whole is. */
  range(path: string, from: number): Promise<{ bytes: Uint8Array; totalBytes: number }>
}

/** Signs one of the demo's people in. Throws if they are not let in. */
export async function signIn(seloste: RunningSeloste, userId: string): Promise<SignedIn> {
  const answer = await fetch(`${seloste.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId, password: seloste.password }),
  })
  if (!answer.ok) throw new Error(`${userId} is not let in: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0] ?? '')
    .join('; ')

  const ask: SignedIn['ask'] = async (method, path, body) => {
    const response = await fetch(`${seloste.url}${path}`, {
      method,
      headers: { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }

  return {
    ask,
    async get<Answer>(method: string, path: string, body?: unknown) {
      const response = await ask(method, path, body)
      if (response.status >= 300) {
        throw new Error(`${userId}: ${method} ${path} got ${response.status} ${JSON.stringify(response.body)}`)
      }
      return response.body as Answer
    },
    async range(path, from) {
      const response = await fetch(`${seloste.url}${path}`, { headers: { cookie, range: `bytes=${from}-` } })
      if (response.status !== 206) throw new Error(`${path} from ${from} got ${response.status}`)
      const totalBytes = Number(response.headers.get('content-range')?.split('/')[1])
      return { bytes: new Uint8Array(await response.arrayBuffer()), totalBytes }
    },
  }
}
