import type { Ref } from 'react'
import { Button } from '../../controls/button.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { countUnsaved, type Unsaved } from '../unsaved.ts'

/** Footer bar while editing: unsaved changes, or the result of saving. The bar never unmounts, so it keeps the focus. */
export function SaveBar({
  unsaved,
  problems,
  isBusy,
  button,
  onSave,
  onDiscard,
  onProblems,
}: {
  unsaved: Unsaved | undefined
  problems: number
  isBusy: boolean
  button: Ref<HTMLButtonElement>
  onSave: () => void
  onDiscard: () => void
  onProblems: () => void
}) {
  const { t } = useLanguage()
  return (
    <div className={`save-bar ${unsaved ? 'is-unsaved' : ''}`} role="region" aria-label={t('description.draft.saving')}>
      <p>{unsaved ? t('description.draft.unsaved', { count: countUnsaved(unsaved) }) : t('description.draft.saved')}</p>
      <div className="actions">
        {unsaved && (
          <Button kind="link" onPress={onDiscard}>
            {t('description.draft.discard')}
          </Button>
        )}
        {!unsaved && problems > 0 && (
          <Button kind="link" onPress={onProblems}>
            {t('form.wrong', { count: problems })}
          </Button>
        )}
        <Button ref={button} kind={unsaved ? 'primary' : 'secondary'} isBusy={isBusy} onPress={onSave}>
          {t('description.draft.save')}
        </Button>
      </div>
    </div>
  )
}
