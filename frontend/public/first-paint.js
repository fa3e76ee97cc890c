// Before anything is drawn: the colours and the size that this browser showed last. It repeats src/ui/look/look.ts, which
// takes over as soon as it is there; a page that comes up white and turns dark would hurt in a dark room. Where the address
// is a clip's, it also has the labelling screen's files fetched.
(function () {
  var look = {};
  try {
    look = JSON.parse(window.localStorage.getItem('labelapp.look.1')) || {};
  } catch (error) {
    look = {};
  }
  var isTool = /^\/projects\/[^/]+\/clips\/[^/]+/.test(window.location.pathname);
  function choice(value, usual) {
    return value === 'dark' || value === 'light' || value === 'auto' ? value : usual;
  }
  var scheme = isTool ? choice(look.tool, 'dark') : choice(look.pages, 'auto');
  if (scheme === 'auto') {
    scheme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  var scale = look.scale >= 0.75 && look.scale <= 2.5 ? look.scale : window.screen.width >= 3400 ? 1.5 : 1;
  var root = document.documentElement;
  root.setAttribute('data-mantine-color-scheme', scheme);
  root.style.fontSize = 100 * scale + '%';
  root.style.setProperty('--ui-scale', String(scale));
  // A clip's page needs the labelling screen for certain: it comes together with the rest, not after it.
  var files = isTool && document.querySelector('meta[name="labelling-files"]');
  (files ? files.getAttribute('content').split(' ') : []).forEach(function (file) {
    var link = document.createElement('link');
    var isStyle = /\.css$/.test(file);
    link.rel = isStyle ? 'preload' : 'modulepreload';
    if (isStyle) link.as = 'style';
    // As the page asks for it later: otherwise it is fetched twice.
    link.crossOrigin = 'anonymous';
    link.href = file;
    document.head.appendChild(link);
  });
})();
