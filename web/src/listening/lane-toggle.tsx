import { Volume2, VolumeX } from 'lucide-react'
import { ToggleButton } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'

/** Mute button of one speaker's lane. */
export function LaneToggle({
  name,
  className,
  isAudible,
  onChange,
}: {
  name: string
  className: string
  isAudible: boolean
  onChange: (isAudible: boolean) => void
}) {
  const { t } = useLanguage()
  const Icon = isAudible ? Volume2 : VolumeX
  return (
    <ToggleButton
      className={`lane ${className}`}
      isSelected={!isAudible}
      onChange={(isMuted) => onChange(!isMuted)}
      aria-label={t('listening.player.mute', { name })}
    >
      <span className="lane-name">{name}</span>
      <Icon aria-hidden="true" size={18} />
    </ToggleButton>
  )
}
