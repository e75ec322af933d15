import { Text, Switch } from 'react-aria-components'

/** Switch; its label names the state that is on. */
export function Toggle({
  id,
  label,
  hint,
  value,
  onChange,
  isDisabled = false,
}: {
  id?: string
  label: string
  hint?: string | undefined
  value: boolean
  onChange: (on: boolean) => void
  isDisabled?: boolean
}) {
  return (
    <div className="toggle">
      <Switch
        {...(id && { id })}
        className="switch"
        isSelected={value}
        onChange={onChange}
        isDisabled={isDisabled}
        {...(hint && id && { 'aria-describedby': `${id}-hint` })}
      >
        <span className="switch-track" aria-hidden="true" />
        <span>{label}</span>
      </Switch>
      {hint && (
        <Text className="hint" {...(id && { id: `${id}-hint` })}>
          {hint}
        </Text>
      )}
    </div>
  )
}
