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
  const { say } = useLanguage()
  return (
    <div
      className={`save-bar ${unsaved ? 'is-unsaved' : ''}`}
      role="region"
      aria-label={say('description.draft.saving')}
    >
      <p>
        {unsaved ? say('description.draft.unsaved', { count: countUnsaved(unsaved) }) : say('description.draft.saved')}
      </p>
      <div className="actions">
        {unsaved && (
          <Button kind="link" onPress={onDiscard}>
            {say('description.draft.discard')}
          </Button>
        )}
        {!unsaved && problems > 0 && (
          <Button kind="link" onPress={onProblems}>
            {say('form.wrong', { count: problems })}
          </Button>
        )}
        <Button ref={button} kind={unsaved ? 'primary' : 'secondary'} isBusy={isBusy} onPress={onSave}>
          {say('description.draft.save')}
        </Button>
      </div>
    </div>
  )
}
