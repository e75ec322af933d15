/** Native select for a row: cheap enough for a hundred rows. */
export function PickOne<T extends string>({
  label,
  options,
  value,
  isReadOnly = false,
  onChange,
}: {
  label: string
  options: readonly { value: T; label: string }[]
  value: T
  isReadOnly?: boolean
  onChange: (value: T) => void
}) {
  return (
    <label className="pick-one">
      <span className="label">{label}</span>
      <select
        className="input input-small"
        value={value}
        disabled={isReadOnly}
        onChange={(event) => onChange(event.target.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}
