import type { Caller } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'

/** The caller's number as sent by the server (masked), or that it is withheld (AC9). */
export function CallerText({ caller }: { caller: Caller }) {
  const { t } = useLanguage()
  if (caller.kind === 'withheld' || !caller.number)
    return <span className="withheld">{t('contacts.caller.withheld')}</span>
  return <span className="number">{caller.number}</span>
}
