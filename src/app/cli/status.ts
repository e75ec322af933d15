import type { Settings } from '#platform/config/settings.ts'

interface Status {
  desk: 'ready' | 'not-ready' | 'does-not-answer'
  missing: string[]
}

/** Asks a running Seloste whether its parts answer. Exit code 1 when one does not. */
export async function status(settings: Settings, asJson: boolean): Promise<void> {
  const host = settings.http.host.includes(':') ? `[${settings.http.host}]` : settings.http.host
  const found = await ask(`http://${host}:${settings.http.port}/health/ready`)
  if (asJson) console.log(JSON.stringify(found))
  else if (found.desk === 'ready') console.log('desk, custodian and database answer')
  else
    console.log(
      found.desk === 'does-not-answer'
        ? `nothing answers at ${host}:${settings.http.port}`
        : `does not answer: ${found.missing.join(', ')}`,
    )
  if (found.desk !== 'ready') process.exitCode = 1
}

async function ask(url: string): Promise<Status> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    const { ready, missing } = (await answer.json()) as { ready: boolean; missing: string[] }
    return { desk: ready ? 'ready' : 'not-ready', missing }
  } catch {
    return { desk: 'does-not-answer', missing: [] }
  }
}
