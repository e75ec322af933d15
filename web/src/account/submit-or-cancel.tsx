import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'

/** Submit and cancel buttons of a step of the account pages. */
export function SubmitOrCancel({
  submitWord,
  isBusy,
  onCancel,
}: {
  submitWord: Word
  isBusy: boolean
  onCancel: () => void
}) {
  const { t } = useLanguage()
  return (
    <div className="actions">
      <Button type="submit" kind="primary" isBusy={isBusy}>
        {t(isBusy ? 'account.busy' : submitWord)}
      </Button>
      <Button kind="secondary" onPress={onCancel}>
        {t('shell.cancel')}
      </Button>
    </div>
  )
}
