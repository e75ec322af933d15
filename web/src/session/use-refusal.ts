import { useState } from 'react'
import { refusalKey } from '../api/refusal.ts'
import type { AccountRefusal } from '../api/shapes.ts'
import type { Wrong } from '../controls/error-summary.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Returns the text of a refusal at sign-in or on the account pages, or until when to wait. */
export function useRefusal(): {
  report: (error: unknown, field?: string) => Wrong[]
  /** By this machine's clock. */
  waitUntilMs: number | undefined
  clear: () => void
} {
  const { t } = useLanguage()
  const [waitUntilMs, setWaitUntil] = useState<number>()
  return {
    waitUntilMs,
    clear: () => setWaitUntil(undefined),
    report(error, field) {
      const waitSeconds = (error as Partial<AccountRefusal> | undefined)?.error?.waitSeconds
      if (waitSeconds !== undefined) {
        setWaitUntil(Date.now() + waitSeconds * 1000)
        return []
      }
      return [{ text: t(`error.${refusalKey(error)}`), field }]
    },
  }
}
