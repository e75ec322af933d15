import { Trash2 } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { MoveButtons } from '../controls/move-buttons.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Buttons that move or remove a section or question of a form. */
export function PartButtons({
  title,
  isFirst,
  isLast,
  onMove,
  onRemove,
}: {
  title: string
  isFirst: boolean
  isLast: boolean
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}) {
  const { t } = useLanguage()
  return (
    <>
      <MoveButtons
        up={t('quality.up', { what: title })}
        down={t('quality.down', { what: title })}
        isFirst={isFirst}
        isLast={isLast}
        onMove={onMove}
      />
      <Button kind="quiet" className="chip" aria-label={t('quality.remove', { what: title })} onPress={onRemove}>
        <Trash2 aria-hidden="true" size={18} />
      </Button>
    </>
  )
}
