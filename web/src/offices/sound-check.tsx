import { Volume2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'

const toneHz = 440
const toneSeconds = 1
const gapSeconds = 0.3
const loudness = 0.3

/** Check by the host before the listening: both sides audible, volume, hearing loop where needed. */
export function SoundCheck() {
  const { t } = useLanguage()
  const [isPlaying, setPlaying] = useState(false)
  return (
    <div className="sound-check stack-small">
      <p>
        <strong>{t('offices.sound.title')}</strong>
      </p>
      <ul>
        <li>{t('offices.sound.headphones')}</li>
        <li>{t('offices.sound.volume')}</li>
        <li>{t('offices.sound.loop')}</li>
      </ul>
      <Button
        kind="secondary"
        isBusy={isPlaying}
        onPress={() => {
          setPlaying(true)
          void playTones().finally(() => setPlaying(false))
        }}
      >
        <Volume2 aria-hidden="true" size={20} />
        {t('offices.sound.try')}
      </Button>
      <p className="muted">{t('offices.sound.try.what')}</p>
    </div>
  )
}

/** Plays a tone left, then right; generated here. */
async function playTones(): Promise<void> {
  const context = new AudioContext()
  const ends = [-1, 1].map((side, at) => {
    const tone = new OscillatorNode(context, { frequency: toneHz })
    tone
      .connect(new GainNode(context, { gain: loudness }))
      .connect(new StereoPannerNode(context, { pan: side }))
      .connect(context.destination)
    const from = context.currentTime + at * (toneSeconds + gapSeconds)
    tone.start(from)
    tone.stop(from + toneSeconds)
    return new Promise<void>((resolve) => tone.addEventListener('ended', () => resolve(), { once: true }))
  })
  await Promise.all(ends)
  await context.close()
}
