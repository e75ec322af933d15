import { Button } from '../controls/button.tsx'
import type { Column } from '../controls/table.tsx'
import { formatPosition } from '../format/duration.ts'
import type { Translate } from '../language/use-words.ts'

/** Returns the column of buttons that move the player to a row's position. */
export function jumpColumn(t: Translate, onJump: (ms: number) => void): Column<{ fromMs: number }> {
  const label = t('listening.gaps.jump')
  return {
    head: <span className="visually-hidden">{t('listening.gaps.action')}</span>,
    cell: ({ fromMs }) => (
      <Button kind="link" onPress={() => onJump(fromMs)} aria-label={`${label} ${formatPosition(fromMs)}`}>
        {label}
      </Button>
    ),
  }
}
