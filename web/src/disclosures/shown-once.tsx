import { useEffect, useId } from 'react'
import { Button } from '../controls/button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Secret } from '../controls/secret.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { BegunRelease } from './release-dialog.tsx'

/** Link and passphrase of a new package, shown only once; to be sent by separate channels. */
export function ShownOnce({ begun, onClose }: { begun: BegunRelease; onClose: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  const { link, passphrase, expiresAt } = begun
  useEffect(() => focusHeading(title), [begun, title])
  return (
    <section className="notice notice-warning" aria-labelledby={title}>
      <div className="notice-words stack-small">
        <h3 id={title} tabIndex={-1} className="notice-title">
          {t('acts.copies.once')}
        </h3>
        <p>
          {t(
            link && passphrase
              ? 'disclosures.release.once.both'
              : link
                ? 'disclosures.release.once.link'
                : 'disclosures.release.once.passphrase',
          )}
        </p>
        {link && (
          <Secret
            label={t('disclosures.release.link')}
            value={new URL(link, window.location.origin).href}
            copied={t('acts.copies.link.copied')}
          />
        )}
        {passphrase && (
          <Secret
            label={t('disclosures.release.passphrase')}
            value={passphrase}
            copied={t('acts.copies.passphrase.copied')}
          />
        )}
        <p>{t('disclosures.release.once.until', { time: formatInstant(expiresAt, language) })}</p>
        <div className="actions">
          <Button kind="secondary" onPress={onClose}>
            {t('acts.copies.once.close')}
          </Button>
        </div>
      </div>
    </section>
  )
}
