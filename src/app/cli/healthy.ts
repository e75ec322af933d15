import { request, type RequestOptions } from 'node:http'
import type { Settings } from '#platform/config/settings.ts'
import { roleNames, type RoleName } from '../roles/role.ts'
import { socketPath } from '../roles/sockets.ts'

const answerMs = 5_000

/**
 * Liveness probe for containers: exit code 1 if the role does not answer on this machine, or, without a role, if no role does.
 * Readiness (database, custodian) is `seloste status` and `/health/ready`.
 */
export async function healthy(settings: Settings, role?: RoleName): Promise<void> {
  const probed = role === undefined ? roleNames : [role]
  const answers = await Promise.all(probed.map(async (name) => ((await answersAt(settings, name)) ? [name] : [])))
  const found = answers.flat()
  if (found.length === 0) process.exitCode = 1
  console.log(found.length === 0 ? `${probed.join(', ')}: no answer` : `${found.join(', ')}: answers`)
}

function answersAt(settings: Settings, role: RoleName): Promise<boolean> {
  switch (role) {
    case 'desk': {
      const { host, port } = settings.http
      // A server at all addresses is probed at the loopback.
      const probedHost = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
      return probe({ host: probedHost, port, path: '/health/live' })
    }
    case 'custodian':
      return probe({ socketPath: socketPath(settings, 'metrics-custodian') })
    case 'capture':
      return probe({ socketPath: socketPath(settings, 'metrics-capture') })
    case 'feeds':
      return probe({ socketPath: socketPath(settings, 'metrics-feeds') })
  }
}

function probe(location: RequestOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const pending = request({ ...location, timeout: answerMs }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    pending.on('timeout', () => pending.destroy())
    pending.on('error', () => resolve(false))
    pending.end()
  })
}
