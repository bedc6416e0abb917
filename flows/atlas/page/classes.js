// Which figures have one colour. The limits for shares come with the data (flows/release/map_classes.py); those of
// changes and distances depend on what the reader compares, so that part of the rule stands here as well. A test holds
// both to the same answers.

/** The classes of shares from what the data says: whether zero stands alone, then the upper limits. */
function classesOfShares([zeroAlone, ...highs]) {
  const colours = core.colours.shares.slice(core.colours.shares.length - highs.length + zeroAlone);
  if (zeroAlone) colours.unshift(core.colours.zero);
  return highs.map((high, place) => ({
    low: place ? highs[place - 1] : zeroAlone ? 0 : null,
    high,
    colour: colours[place],
    lowInside: place === 0 && zeroAlone === 1,
    highInside: true,
  }));
}

/** Classes on both sides of zero with the same limits. */
function classesOfChanges(figures) {
  const sizes = figures.filter((figure) => figure !== 0).map(Math.abs).sort((a, b) => a - b);
  const limit = (part) => (sizes.length ? sizes[Math.max(0, Math.ceil((sizes.length * part) / 3) - 1)] : 0);
  const [near, far] = [limit(1), limit(2)];
  const { fewer, same, more } = core.colours;
  const classes = [
    [null, -far, fewer[0], false, false], [-far, -near, fewer[1], true, false], [-near, 0, fewer[2], true, false],
    [0, 0, same, true, true],
    [0, near, more[0], false, true], [near, far, more[1], false, true], [far, null, more[2], false, true],
  ].map(([low, high, colour, lowInside, highInside]) => ({ low, high, colour, lowInside, highInside }));
  return classes.filter((each) => figures.some((figure) => holds(each, figure)));
}

function holds({ low, high, lowInside, highInside }, figure) {
  const above = low === null || figure > low || (lowInside && figure === low);
  const below = high === null || figure < high || (highInside && figure === high);
  return above && below;
}

/** The figures of a class in words: über 4,2 bis 11,7 %. */
function classWords(each, shown, unit) {
  const low = each.low === null ? null : shown(each.low);
  const high = each.high === null ? null : shown(each.high);
  if (low === high) return `${low} ${unit}`;
  if (low === null) return `${say(each.highInside ? "to" : "below")} ${high} ${unit}`;
  if (high === null) return `${say("above")} ${low} ${unit}`;
  return `${each.lowInside ? "" : `${say("above")} `}${low} ${each.highInside ? say("to") : `${say("to")} ${say("below")}`} ${high} ${unit}`;
}

/** How many classes the interval around a figure reaches into. */
function classesReached(classes, figure, around) {
  const place = (value) => {
    const found = classes.findIndex((each) => holds(each, value));
    return found >= 0 ? found : value <= (classes[0].high ?? Infinity) ? 0 : classes.length - 1;
  };
  return Math.abs(place(figure + around) - place(figure - around)) + 1;
}
