// Numbers, days and ranges as readers write them.

const formats = new Map();

/** A number; what rounds to nothing has no sign. */
function number(value, decimals) {
  if (value === null || value === undefined) return "";
  const key = `${english ? "en-GB" : "de-DE"} ${decimals}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(key.split(" ")[0], { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  const text = formats.get(key).format(value);
  return /[1-9]/.test(text) ? text : formats.get(key).format(0);
}

/** A change or distance: with its sign, and no sign for what rounds to nothing. */
function signed(value, decimals) {
  const text = number(Math.abs(value), decimals);
  if (!/[1-9]/.test(text)) return text;
  return (value < 0 ? "−" : "+") + text;
}

/** A day as 31.12.2024, in English as 2024-12-31. */
function dayWords(day) {
  return english ? day : day.split("-").reverse().join(".");
}

function rangeWords(range) {
  if (!range) return "";
  return range[0] === range[1] ? `${range[0]}` : `${range[0]} ${say("to")} ${range[1]}`;
}

/** A probability in thousandths as a percentage. */
function percentWords(thousandths) {
  return `${number(thousandths / 10, 1)} %`;
}
