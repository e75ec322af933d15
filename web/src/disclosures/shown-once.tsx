import { useEffect, useId } from 'react'
import { Button } from '../controls/button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Secret } from '../controls/secret.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Begun } from './release-dialog.tsx'

/** The link and the passphrase of a package that was just begun: shown now and never again, and told by different ways. */
export function ShownOnce({ begun, onClose }: { begun: Begun; onClose: () => void }) {
  const { say, language } = useLanguage()
  const title = useId()
  const { link, passphrase, expiresAt } = begun
  useEffect(() => focusHeading(title), [begun, title])
  return (
    <section className="notice notice-warning" aria-labelledby={title}>
      <div className="notice-words stack-small">
        <h3 id={title} tabIndex={-1} className="notice-title">
          {say('copies.once')}
        </h3>
        <p>{say(link && passphrase ? 'release.once.both' : link ? 'release.once.link' : 'release.once.passphrase')}</p>
        {link && (
          <Secret
            label={say('release.link')}
            value={new URL(link, window.location.origin).href}
            copied={say('copies.link.copied')}
          />
        )}
        {passphrase && (
          <Secret label={say('release.passphrase')} value={passphrase} copied={say('copies.passphrase.copied')} />
        )}
        <p>{say('release.once.until', { time: formatInstant(expiresAt, language) })}</p>
        <div className="actions">
          <Button kind="secondary" onPress={onClose}>
            {say('copies.once.close')}
          </Button>
        </div>
      </div>
    </section>
  )
}
