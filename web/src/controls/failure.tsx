import { refusalKey } from '../api/refusal.ts'
import { useLanguage } from '../language/use-words.ts'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** Reason why something could not be shown, by the refusal's code, with a retry button where a retry may help. */
export function Failure({ error, onAgain }: { error: unknown; onAgain?: (() => void) | undefined }) {
  const { t } = useLanguage()
  const key = refusalKey(error)
  const isRetryable =
    key === 'no-answer' ||
    key === 'unavailable' ||
    key === 'other' ||
    key === 'session.too-many' ||
    key === 'looks.too-many'
  return (
    <Notice kind="error" isUrgent>
      <p>{t(`error.${key}`)}</p>
      {onAgain && isRetryable && (
        <Button kind="secondary" onPress={onAgain}>
          {t('shell.again')}
        </Button>
      )}
    </Notice>
  )
}
