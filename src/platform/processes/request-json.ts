import { request, type RequestOptions } from 'node:http'

const maxBytes = 4 << 20

/**
 * Requests JSON of a process that may have been taken over.
 * @throws if the answer does not arrive completely in time, is larger than four megabytes, or is not JSON
 */
export function requestJson(
  options: Pick<RequestOptions, 'socketPath' | 'path' | 'method'>,
  withinMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const pending = request({ ...options, signal: AbortSignal.timeout(withinMs) }, (answer) => {
      const parts: Buffer[] = []
      let bytes = 0
      answer.on('data', (part: Buffer) => {
        bytes += part.length
        if (bytes > maxBytes) answer.destroy(new Error('the answer is too large'))
        else parts.push(part)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    pending.on('error', reject)
    pending.end()
  })
}
