import { Undo2 } from 'lucide-react'
import type { Ref } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'

/** At the foot of the window: whether everything is saved, taking back, and saving. It stays, with the focus. */
export function SaveWork({
  isUnsaved,
  canUndo,
  isBusy,
  button,
  onUndo,
  onSave,
}: {
  isUnsaved: boolean
  canUndo: boolean
  isBusy: boolean
  button: Ref<HTMLButtonElement>
  onUndo: () => void
  onSave: () => void
}) {
  const { say } = useLanguage()
  return (
    <div className={`save-bar ${isUnsaved ? 'is-unsaved' : ''}`} role="region" aria-label={say('anonymisation.saving')}>
      <p>{say(isUnsaved ? 'anonymisation.unsaved' : 'anonymisation.saved')}</p>
      <div className="actions">
        <Button kind="link" isDisabled={!canUndo} onPress={onUndo}>
          <Undo2 aria-hidden="true" size={16} />
          {say('anonymisation.undo')}
        </Button>
        <Button ref={button} kind={isUnsaved ? 'primary' : 'secondary'} isBusy={isBusy} onPress={onSave}>
          {say('anonymisation.save')}
        </Button>
      </div>
    </div>
  )
}
