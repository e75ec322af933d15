import { useEffect, useId } from 'react'
import { Button } from '../../controls/button.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { Secret } from '../../controls/secret.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'

export interface MadeCopy {
  link: string
  passphrase?: string
  expiresAt: string
}

/** The link and the passphrase of a copy that was just made: shown now and never again. */
export function ShownOnce({ made, onClose }: { made: MadeCopy; onClose: () => void }) {
  const { say, language } = useLanguage()
  const title = useId()
  useEffect(() => focusHeading(title), [made, title])
  const link = new URL(made.link, window.location.origin).href
  return (
    <section className="notice notice-warning" aria-labelledby={title}>
      <div className="notice-words stack-small">
        <h4 id={title} tabIndex={-1} className="notice-title">
          {say('copies.once')}
        </h4>
        <p>{say(made.passphrase ? 'copies.once.what' : 'copies.once.what.key')}</p>
        <Secret label={say('copies.link')} value={link} copied={say('copies.link.copied')} />
        {made.passphrase && (
          <Secret label={say('copies.passphrase')} value={made.passphrase} copied={say('copies.passphrase.copied')} />
        )}
        <p>{say('copies.once.until', { time: formatInstant(made.expiresAt, language) })}</p>
        <div className="actions">
          <Button kind="secondary" onPress={onClose}>
            {say('copies.once.close')}
          </Button>
        </div>
      </div>
    </section>
  )
}
