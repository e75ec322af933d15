import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'

/** Moves the player to a position of a row. */
export function JumpButton({ atMs, onJump }: { atMs: number; onJump: (ms: number) => void }) {
  const { t } = useLanguage()
  return (
    <Button kind="link" onPress={() => onJump(atMs)} aria-label={`${t('listening.gaps.jump')} ${formatPosition(atMs)}`}>
      {t('listening.gaps.jump')}
    </Button>
  )
}
