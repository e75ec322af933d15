import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import type { Me } from '../api/shapes.ts'
import { useLanguage } from '../language/use-words.ts'
import { helps } from './help-paths.ts'
import { helpAt, mayOpen, type HelpName } from './helps.ts'

/** Made by a journey from the demo's data (test/journeys/help-screens.ts). */
const pictures = import.meta.glob<string>('./pictures/*.webp', { eager: true, query: '?url', import: 'default' })

/** Help of a screen: its purpose, steps, the words on it, where to go next, and a picture. */
export function HelpArticle({ me, name }: { me: Me; name: HelpName }) {
  const { t } = useLanguage()
  const picture = pictures[`./pictures/${name}.webp`]
  return (
    <div className="help-article">
      <p>{t(`help.screen.${name}.for`)}</p>
      <ol>
        {t(`help.screen.${name}.steps`)
          .split('\n')
          .map((step) => (
            <li key={step}>{step}</li>
          ))}
      </ol>
      <dl>
        {t(`help.screen.${name}.words`)
          .split('\n')
          .map((line) => line.replaceAll(/[”“]/g, '').split(': '))
          .map(([word, ...meaning]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{meaning.join(': ')}</dd>
            </div>
          ))}
      </dl>
      <p>
        <WithLinks me={me} text={t(`help.screen.${name}.next`)} />
      </p>
      {picture && (
        <figure>
          <a href={picture} target="_blank" rel="noreferrer">
            <img
              src={picture}
              alt={t('help.picture', { title: t(`help.screen.${name}.title`) })}
              width={678}
              height={431}
              loading="lazy"
            />
          </a>
          <figcaption>{t('help.picture.what')}</figcaption>
        </figure>
      )}
    </div>
  )
}

/** Shows `[/path]` in a text as the title of that screen, and as a link if the person may open it and it needs no id. */
function WithLinks({ me, text }: { me: Me; text: string }) {
  const { t } = useLanguage()
  return text.split(/\[(\/[^\]]*)\]/).map((part, at) => {
    const name = at % 2 === 1 ? helpAt(part) : undefined
    if (!name) return <Fragment key={at}>{part}</Fragment>
    const title = t(`help.screen.${name}.title`)
    if (part.includes('$') || !mayOpen(me, name)) return <Fragment key={at}>{title}</Fragment>
    return (
      <Link key={at} to={helps[name]}>
        {title}
      </Link>
    )
  })
}
