// A Seloste of one's own without invented calls, for journeys that make their own calls and look at what became of them.
import { test as base } from '@playwright/test'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'

const startMs = 200_000

export const test = base.extend<object, { seloste: RunningSeloste }>({
  seloste: [
    async ({}, use) => {
      const seloste = await startSeloste()
      await use(seloste)
      await seloste.stop()
    },
    { scope: 'worker', timeout: startMs },
  ],
  baseURL: async ({ seloste }, use) => use(seloste.url),
})
