import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'

/** How a step of one's own account ends: it is done, or given up. */
export function SubmitOrCancel({ does, isBusy, onCancel }: { does: Word; isBusy: boolean; onCancel: () => void }) {
  const { say } = useLanguage()
  return (
    <div className="actions">
      <Button type="submit" kind="primary" isBusy={isBusy}>
        {say(isBusy ? 'account.busy' : does)}
      </Button>
      <Button kind="secondary" onPress={onCancel}>
        {say('shell.cancel')}
      </Button>
    </div>
  )
}
