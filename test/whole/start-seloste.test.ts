import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startSeloste } from './start-seloste.ts'

test(
  'Seloste starts with a process for each role, and stops without leaving a process',
  { timeout: 200_000 },
  async () => {
    const seloste = await startSeloste({ isPrepared: true })
    let roles: Awaited<ReturnType<typeof seloste.rolePids>>
    try {
      roles = await seloste.rolePids()
      expect(Object.keys(roles).sort()).toEqual(['capture', 'custodian', 'desk'])
      const signIn = await fetch(`${seloste.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userId: 'aino', password: seloste.password }),
      })
      expect(signIn.status).toBe(200)
    } finally {
      await seloste.stop()
    }
    for (const pid of Object.values(roles)) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(existsSync(seloste.dataDirectory)).toBe(false)
  },
)
