import { isRefusal, refusalKey } from '../api/refusal.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { focusRow } from './focus-row.ts'
import { redactionId } from './redaction-row.tsx'
import { turnId } from './turn-id.ts'
import type { Work } from './work.ts'

/**
 * Conflict: somebody saved meanwhile, usually in another tab. The person chooses which work to keep; nothing is lost until
 * then.
 */
export function SaveConflict({ onMine, onTheirs }: { onMine: () => void; onTheirs: () => void }) {
  const { t } = useLanguage()
  return (
    <Notice kind="warning" title={t('anonymisation.elsewhere')} isUrgent>
      <p>{t('anonymisation.elsewhere.text')}</p>
      <div className="actions">
        <Button kind="secondary" onPress={onMine}>
          {t('anonymisation.elsewhere.mine')}
        </Button>
        <Button kind="link" onPress={onTheirs}>
          {t('anonymisation.elsewhere.theirs')}
        </Button>
      </div>
    </Notice>
  )
}

/** Why a save failed, that the typed text is kept, and which row the server refused. */
export function SaveError({ error, work, isUnsaved }: { error: unknown; work: Work; isUnsaved: boolean }) {
  const { t } = useLanguage()
  const row = refusedRow(error, work)
  return (
    <>
      {refusalKey(error) === 'anonymised-copy.times' ? (
        <Notice kind="error" isUrgent>
          <p>{t('error.anonymised-copy.times')}</p>
          {row !== undefined && (
            <Button kind="secondary" onPress={() => focusRow(row, 'input')}>
              {t('anonymisation.goToRow')}
            </Button>
          )}
        </Notice>
      ) : (
        <Failure error={error} />
      )}
      {isUnsaved && <p>{t('anonymisation.kept')}</p>}
    </>
  )
}

/** Returns the refused row. The server names it by its index in the request: `turns.3`. */
function refusedRow(error: unknown, work: Work): string | undefined {
  const [, list, at] = /^(turns|redactions)\.(\d+)/.exec((isRefusal(error) && error.error.field) || '') ?? []
  const key = list === 'turns' || list === 'redactions' ? work[list][Number(at)]?.key : undefined
  if (key === undefined) return undefined
  return list === 'turns' ? turnId(key) : redactionId(key)
}
