import { useState } from 'react'
import { refusalKey } from '../api/refusal.ts'
import type { AccountRefusal } from '../api/shapes.ts'
import type { Wrong } from '../controls/error-summary.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Tells a refusal of signing in and of one's own account: a sentence, or until when one has to wait. */
export function useRefusal(): {
  tell: (error: unknown, field?: string) => Wrong[]
  /** On this machine's clock. */
  waitUntilMs: number | undefined
  clear: () => void
} {
  const { say } = useLanguage()
  const [waitUntilMs, setWaitUntil] = useState<number>()
  return {
    waitUntilMs,
    clear: () => setWaitUntil(undefined),
    tell(error, field) {
      const waitSeconds = (error as Partial<AccountRefusal> | undefined)?.error?.waitSeconds
      if (waitSeconds !== undefined) {
        setWaitUntil(Date.now() + waitSeconds * 1000)
        return []
      }
      return [{ text: say(`error.${refusalKey(error)}`), field }]
    },
  }
}
