import { Pause, Play, Undo2 } from 'lucide-react'
import type { Ref } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'

/**
 * Footer bar: save state, undo, save, and pause or play of the original, whose player is scrolled out of view while the words
 * are typed. The bar never unmounts, so it keeps the focus.
 */
export function SaveWork({
  isUnsaved,
  canUndo,
  isBusy,
  isPlaying,
  button,
  onToggle,
  onUndo,
  onSave,
}: {
  isUnsaved: boolean
  canUndo: boolean
  isBusy: boolean
  /** True while the original plays; undefined if no player is open. */
  isPlaying: boolean | undefined
  button: Ref<HTMLButtonElement>
  onToggle: () => void
  onUndo: () => void
  onSave: () => void
}) {
  const { t } = useLanguage()
  const Icon = isPlaying ? Pause : Play
  return (
    <div className={`save-bar ${isUnsaved ? 'is-unsaved' : ''}`} role="region" aria-label={t('anonymisation.saving')}>
      <p>{t(isUnsaved ? 'anonymisation.unsaved' : 'anonymisation.saved')}</p>
      <div className="actions">
        {isPlaying !== undefined && (
          <Button
            kind="secondary"
            onPress={onToggle}
            aria-label={t(`anonymisation.original.${isPlaying ? 'pause' : 'play'}`)}
          >
            <Icon aria-hidden="true" size={18} />
            {t(isPlaying ? 'listening.player.pause' : 'listening.player.play')}
          </Button>
        )}
        <Button kind="link" isDisabled={!canUndo} onPress={onUndo}>
          <Undo2 aria-hidden="true" size={16} />
          {t('anonymisation.undo')}
        </Button>
        <Button ref={button} kind={isUnsaved ? 'primary' : 'secondary'} isBusy={isBusy} onPress={onSave}>
          {t('anonymisation.save')}
        </Button>
      </div>
    </div>
  )
}
