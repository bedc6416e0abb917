// Data comes in scripts that call `received`: a page that is opened from disk may load nothing else.

const slots = new Map();

/** The place where a content is awaited, whether it was asked for or came by itself. */
function slotOf(name) {
  if (!slots.has(name)) {
    const slot = {};
    slot.content = new Promise((resolve, reject) => Object.assign(slot, { resolve, reject }));
    slots.set(name, slot);
  }
  return slots.get(name);
}

/** Called by the data scripts: a content as it is, or packed as a text. */
function received(name, content) {
  slotOf(name).resolve(typeof content === "string" ? unpacked(content) : content);
}

/** The content of a data file, which is fetched once. */
function load(name, file) {
  const slot = slotOf(name);
  if (!slot.asked && file) {
    slot.asked = true;
    const script = document.createElement("script");
    script.src = `data/${file}.js`;
    script.onerror = () => slot.reject(new Error(say("fileMissing", { file: `data/${file}.js` })));
    document.head.append(script);
  }
  return slot.content;
}

async function unpacked(text) {
  if (!("DecompressionStream" in window)) throw new Error(say("oldBrowser"));
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).json();
}
