"use strict";(()=>{var Br=Object.defineProperty;var zr=Object.getOwnPropertyDescriptor;var d=(s,t,e,r)=>{for(var i=r>1?void 0:r?zr(t,e):t,n=s.length-1,o;n>=0;n--)(o=s[n])&&(i=(r?o(t,e,i):o(i))||i);return r&&i&&Br(t,e,i),i};var _e=globalThis,Me=_e.ShadowRoot&&(_e.ShadyCSS===void 0||_e.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Je=Symbol(),At=new WeakMap,ne=class{constructor(t,e,r){if(this._$cssResult$=!0,r!==Je)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(Me&&t===void 0){let r=e!==void 0&&e.length===1;r&&(t=At.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),r&&At.set(e,t))}return t}toString(){return this.cssText}},Et=s=>new ne(typeof s=="string"?s:s+"",void 0,Je),b=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((r,i,n)=>r+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+s[n+1],s[0]);return new ne(e,s,Je)},_t=(s,t)=>{if(Me)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let r=document.createElement("style"),i=_e.litNonce;i!==void 0&&r.setAttribute("nonce",i),r.textContent=e.cssText,s.appendChild(r)}},Ze=Me?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let r of t.cssRules)e+=r.cssText;return Et(e)})(s):s;var{is:jr,defineProperty:Vr,getOwnPropertyDescriptor:Kr,getOwnPropertyNames:Jr,getOwnPropertySymbols:Zr,getPrototypeOf:Yr}=Object,Pe=globalThis,Mt=Pe.trustedTypes,Qr=Mt?Mt.emptyScript:"",Xr=Pe.reactiveElementPolyfillSupport,oe=(s,t)=>s,ae={toAttribute(s,t){switch(t){case Boolean:s=s?Qr:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},Ce=(s,t)=>!jr(s,t),Pt={attribute:!0,type:String,converter:ae,reflect:!1,useDefault:!1,hasChanged:Ce};Symbol.metadata??=Symbol("metadata"),Pe.litPropertyMetadata??=new WeakMap;var C=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Pt){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let r=Symbol(),i=this.getPropertyDescriptor(t,r,e);i!==void 0&&Vr(this.prototype,t,i)}}static getPropertyDescriptor(t,e,r){let{get:i,set:n}=Kr(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:i,set(o){let a=i?.call(this);n?.call(this,o),this.requestUpdate(t,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Pt}static _$Ei(){if(this.hasOwnProperty(oe("elementProperties")))return;let t=Yr(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(oe("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(oe("properties"))){let e=this.properties,r=[...Jr(e),...Zr(e)];for(let i of r)this.createProperty(i,e[i])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[r,i]of e)this.elementProperties.set(r,i)}this._$Eh=new Map;for(let[e,r]of this.elementProperties){let i=this._$Eu(e,r);i!==void 0&&this._$Eh.set(i,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let r=new Set(t.flat(1/0).reverse());for(let i of r)e.unshift(Ze(i))}else t!==void 0&&e.push(Ze(t));return e}static _$Eu(t,e){let r=e.attribute;return r===!1?void 0:typeof r=="string"?r:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let r of e.keys())this.hasOwnProperty(r)&&(t.set(r,this[r]),delete this[r]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return _t(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,r){this._$AK(t,r)}_$ET(t,e){let r=this.constructor.elementProperties.get(t),i=this.constructor._$Eu(t,r);if(i!==void 0&&r.reflect===!0){let n=(r.converter?.toAttribute!==void 0?r.converter:ae).toAttribute(e,r.type);this._$Em=t,n==null?this.removeAttribute(i):this.setAttribute(i,n),this._$Em=null}}_$AK(t,e){let r=this.constructor,i=r._$Eh.get(t);if(i!==void 0&&this._$Em!==i){let n=r.getPropertyOptions(i),o=typeof n.converter=="function"?{fromAttribute:n.converter}:n.converter?.fromAttribute!==void 0?n.converter:ae;this._$Em=i;let a=o.fromAttribute(e,n.type);this[i]=a??this._$Ej?.get(i)??a,this._$Em=null}}requestUpdate(t,e,r,i=!1,n){if(t!==void 0){let o=this.constructor;if(i===!1&&(n=this[t]),r??=o.getPropertyOptions(t),!((r.hasChanged??Ce)(n,e)||r.useDefault&&r.reflect&&n===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,r))))return;this.C(t,e,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:r,reflect:i,wrapped:n},o){r&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),n!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||r||(e=void 0),this._$AL.set(t,e)),i===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,n]of this._$Ep)this[i]=n;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[i,n]of r){let{wrapped:o}=n,a=this[i];o!==!0||this._$AL.has(i)||a===void 0||this.C(i,void 0,n,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(e)):this._$EM()}catch(r){throw t=!1,this._$EM(),r}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};C.elementStyles=[],C.shadowRootOptions={mode:"open"},C[oe("elementProperties")]=new Map,C[oe("finalized")]=new Map,Xr?.({ReactiveElement:C}),(Pe.reactiveElementVersions??=[]).push("2.1.2");var st=globalThis,Ct=s=>s,Le=st.trustedTypes,Lt=Le?Le.createPolicy("lit-html",{createHTML:s=>s}):void 0,Ht="$lit$",N=`lit$${Math.random().toFixed(9).slice(2)}$`,Ft="?"+N,es=`<${Ft}>`,B=document,he=()=>B.createComment(""),ce=s=>s===null||typeof s!="object"&&typeof s!="function",it=Array.isArray,ts=s=>it(s)||typeof s?.[Symbol.iterator]=="function",Ye=`[ 	
\f\r]`,le=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Rt=/-->/g,Ot=/>/g,D=RegExp(`>|${Ye}(?:([^\\s"'>=/]+)(${Ye}*=${Ye}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),qt=/'/g,Tt=/"/g,Ut=/^(?:script|style|textarea|title)$/i,nt=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),u=nt(1),de=nt(2),mi=nt(3),P=Symbol.for("lit-noChange"),v=Symbol.for("lit-nothing"),Nt=new WeakMap,W=B.createTreeWalker(B,129);function Gt(s,t){if(!it(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return Lt!==void 0?Lt.createHTML(t):t}var rs=(s,t)=>{let e=s.length-1,r=[],i,n=t===2?"<svg>":t===3?"<math>":"",o=le;for(let a=0;a<e;a++){let l=s[a],h,c,p=-1,f=0;for(;f<l.length&&(o.lastIndex=f,c=o.exec(l),c!==null);)f=o.lastIndex,o===le?c[1]==="!--"?o=Rt:c[1]!==void 0?o=Ot:c[2]!==void 0?(Ut.test(c[2])&&(i=RegExp("</"+c[2],"g")),o=D):c[3]!==void 0&&(o=D):o===D?c[0]===">"?(o=i??le,p=-1):c[1]===void 0?p=-2:(p=o.lastIndex-c[2].length,h=c[1],o=c[3]===void 0?D:c[3]==='"'?Tt:qt):o===Tt||o===qt?o=D:o===Rt||o===Ot?o=le:(o=D,i=void 0);let g=o===D&&s[a+1].startsWith("/>")?" ":"";n+=o===le?l+es:p>=0?(r.push(h),l.slice(0,p)+Ht+l.slice(p)+N+g):l+N+(p===-2?a:g)}return[Gt(s,n+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),r]},pe=class s{constructor({strings:t,_$litType$:e},r){let i;this.parts=[];let n=0,o=0,a=t.length-1,l=this.parts,[h,c]=rs(t,e);if(this.el=s.createElement(h,r),W.currentNode=this.el.content,e===2||e===3){let p=this.el.content.firstChild;p.replaceWith(...p.childNodes)}for(;(i=W.nextNode())!==null&&l.length<a;){if(i.nodeType===1){if(i.hasAttributes())for(let p of i.getAttributeNames())if(p.endsWith(Ht)){let f=c[o++],g=i.getAttribute(p).split(N),y=/([.?@])?(.*)/.exec(f);l.push({type:1,index:n,name:y[2],strings:g,ctor:y[1]==="."?Xe:y[1]==="?"?et:y[1]==="@"?tt:J}),i.removeAttribute(p)}else p.startsWith(N)&&(l.push({type:6,index:n}),i.removeAttribute(p));if(Ut.test(i.tagName)){let p=i.textContent.split(N),f=p.length-1;if(f>0){i.textContent=Le?Le.emptyScript:"";for(let g=0;g<f;g++)i.append(p[g],he()),W.nextNode(),l.push({type:2,index:++n});i.append(p[f],he())}}}else if(i.nodeType===8)if(i.data===Ft)l.push({type:2,index:n});else{let p=-1;for(;(p=i.data.indexOf(N,p+1))!==-1;)l.push({type:7,index:n}),p+=N.length-1}n++}}static createElement(t,e){let r=B.createElement("template");return r.innerHTML=t,r}};function K(s,t,e=s,r){if(t===P)return t;let i=r!==void 0?e._$Co?.[r]:e._$Cl,n=ce(t)?void 0:t._$litDirective$;return i?.constructor!==n&&(i?._$AO?.(!1),n===void 0?i=void 0:(i=new n(s),i._$AT(s,e,r)),r!==void 0?(e._$Co??=[])[r]=i:e._$Cl=i),i!==void 0&&(t=K(s,i._$AS(s,t.values),i,r)),t}var Qe=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:r}=this._$AD,i=(t?.creationScope??B).importNode(e,!0);W.currentNode=i;let n=W.nextNode(),o=0,a=0,l=r[0];for(;l!==void 0;){if(o===l.index){let h;l.type===2?h=new ue(n,n.nextSibling,this,t):l.type===1?h=new l.ctor(n,l.name,l.strings,this,t):l.type===6&&(h=new rt(n,this,t)),this._$AV.push(h),l=r[++a]}o!==l?.index&&(n=W.nextNode(),o++)}return W.currentNode=B,i}p(t){let e=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(t,r,e),e+=r.strings.length-2):r._$AI(t[e])),e++}},ue=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,r,i){this.type=2,this._$AH=v,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=r,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=K(this,t,e),ce(t)?t===v||t==null||t===""?(this._$AH!==v&&this._$AR(),this._$AH=v):t!==this._$AH&&t!==P&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):ts(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==v&&ce(this._$AH)?this._$AA.nextSibling.data=t:this.T(B.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:r}=t,i=typeof r=="number"?this._$AC(t):(r.el===void 0&&(r.el=pe.createElement(Gt(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===i)this._$AH.p(e);else{let n=new Qe(i,this),o=n.u(this.options);n.p(e),this.T(o),this._$AH=n}}_$AC(t){let e=Nt.get(t.strings);return e===void 0&&Nt.set(t.strings,e=new pe(t)),e}k(t){it(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,r,i=0;for(let n of t)i===e.length?e.push(r=new s(this.O(he()),this.O(he()),this,this.options)):r=e[i],r._$AI(n),i++;i<e.length&&(this._$AR(r&&r._$AB.nextSibling,i),e.length=i)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let r=Ct(t).nextSibling;Ct(t).remove(),t=r}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},J=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,r,i,n){this.type=1,this._$AH=v,this._$AN=void 0,this.element=t,this.name=e,this._$AM=i,this.options=n,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=v}_$AI(t,e=this,r,i){let n=this.strings,o=!1;if(n===void 0)t=K(this,t,e,0),o=!ce(t)||t!==this._$AH&&t!==P,o&&(this._$AH=t);else{let a=t,l,h;for(t=n[0],l=0;l<n.length-1;l++)h=K(this,a[r+l],e,l),h===P&&(h=this._$AH[l]),o||=!ce(h)||h!==this._$AH[l],h===v?t=v:t!==v&&(t+=(h??"")+n[l+1]),this._$AH[l]=h}o&&!i&&this.j(t)}j(t){t===v?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Xe=class extends J{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===v?void 0:t}},et=class extends J{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==v)}},tt=class extends J{constructor(t,e,r,i,n){super(t,e,r,i,n),this.type=5}_$AI(t,e=this){if((t=K(this,t,e,0)??v)===P)return;let r=this._$AH,i=t===v&&r!==v||t.capture!==r.capture||t.once!==r.once||t.passive!==r.passive,n=t!==v&&(r===v||i);i&&this.element.removeEventListener(this.name,this,r),n&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},rt=class{constructor(t,e,r){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(t){K(this,t)}};var ss=st.litHtmlPolyfillSupport;ss?.(pe,ue),(st.litHtmlVersions??=[]).push("3.3.3");var It=(s,t,e)=>{let r=e?.renderBefore??t,i=r._$litPart$;if(i===void 0){let n=e?.renderBefore??null;r._$litPart$=i=new ue(t.insertBefore(he(),n),n,void 0,e??{})}return i._$AI(s),i};var ot=globalThis,H=class extends C{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=It(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return P}};H._$litElement$=!0,H.finalized=!0,ot.litElementHydrateSupport?.({LitElement:H});var is=ot.litElementPolyfillSupport;is?.({LitElement:H});(ot.litElementVersions??=[]).push("4.2.2");var ns=b`
  :root {
    --paper: #fcfbf8;
    --ink: #1d1c1a;
    --quiet: #67635b;
    --rule: #e2dfd7;
    --raised: #f3f1eb;
    --accent: #b23a12;
    --gold: #8a6200;
    --weight: #1f6093;
    --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "Noto Serif",
      "Source Han Serif SC", "Noto Serif CJK SC", "Songti SC", SimSun, serif;
    --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
      "Source Han Sans SC", "Noto Sans CJK SC", sans-serif;
    color-scheme: light;
    background: var(--paper);
    color: var(--ink);
    font: 400 1rem/1.5 var(--sans);
    -webkit-text-size-adjust: 100%;
  }
  @media screen {
    :root[data-theme="dark"] {
      --paper: #161514;
      --ink: #ebe7de;
      --quiet: #a8a297;
      --rule: #36332f;
      --raised: #211f1d;
      --accent: #ff9166;
      --gold: #e0b450;
      --weight: #7db9ea;
      color-scheme: dark;
    }
  }
  body {
    margin: 0;
  }
  @page {
    margin: 15mm;
  }
`,$=b`
  :host {
    display: block;
    box-sizing: border-box;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  figure,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font-weight: inherit;
  }
  ol,
  ul {
    list-style: none;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .number {
    font-variant-numeric: tabular-nums lining-nums;
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 2px;
    padding: 0.15em 0.2em;
    margin: 0;
    cursor: pointer;
  }
  select {
    border-bottom: 1px solid var(--quiet);
    border-radius: 0;
    max-width: 100%;
  }
  select option {
    color: #1d1c1a;
    background: #fcfbf8;
  }
  button:disabled,
  select:disabled {
    color: var(--quiet);
    border-bottom-color: transparent;
    cursor: default;
    opacity: 1;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    .screen {
      display: none !important;
    }
  }
`;function Dt(s){s.adoptedStyleSheets=[...s.adoptedStyleSheets,ns.styleSheet]}var x=s=>(t,e)=>{e!==void 0?e.addInitializer(()=>{customElements.define(s,t)}):customElements.define(s,t)};var os={attribute:!0,type:String,converter:ae,reflect:!1,hasChanged:Ce},as=(s=os,t,e)=>{let{kind:r,metadata:i}=e,n=globalThis.litPropertyMetadata.get(i);if(n===void 0&&globalThis.litPropertyMetadata.set(i,n=new Map),r==="setter"&&((s=Object.create(s)).wrapped=!0),n.set(e.name,s),r==="accessor"){let{name:o}=e;return{set(a){let l=t.get.call(this);t.set.call(this,a),this.requestUpdate(o,l,s,!0,a)},init(a){return a!==void 0&&this.C(o,void 0,s,a),a}}}if(r==="setter"){let{name:o}=e;return function(a){let l=this[o];t.call(this,a),this.requestUpdate(o,l,s,!0,a)}}throw Error("Unsupported decorator location: "+r)};function m(s){return(t,e)=>typeof e=="object"?as(s,t,e):((r,i,n)=>{let o=i.hasOwnProperty(n);return i.constructor.createProperty(n,r),o?Object.getOwnPropertyDescriptor(i,n):void 0})(s,t,e)}function F(s){return m({...s,state:!0,attribute:!1})}var z=(s,t,e)=>(e.configurable=!0,e.enumerable=!0,Reflect.decorate&&typeof t!="object"&&Object.defineProperty(s,t,e),e);function Re(s,t){return(e,r,i)=>{let n=o=>o.renderRoot?.querySelector(s)??null;if(t){let{get:o,set:a}=typeof r=="object"?e:i??(()=>{let l=Symbol();return{get(){return this[l]},set(h){this[l]=h}}})();return z(e,r,{get(){let l=o.call(this);return l===void 0&&(l=n(this),(l!==null||this.hasUpdated)&&a.call(this,l)),l}})}return z(e,r,{get(){return n(this)}})}}var Wt={language:"English",languageSwitch:"Language",themeSwitch:"Colours",light:"Light",dark:"Dark",views:"Texts",compareWith:"Beside it",nothingBeside:"nothing",noViews:"This report holds nothing to show.",noMaps:"This model has no attention: there are no weights to show.",unreadable:s=>`The data of this page can't be read: ${s}`,showing:"Showing",map:"Map",mapKinds:{cross:"cross-attention",encoder:"the encoder\u2019s self-attention",decoder:"the decoder\u2019s self-attention",self:"self-attention",causal:"causal self-attention",unknown:"attention"},layer:"Layer",layerNumber:s=>`layer ${s}`,head:"Head",headNumber:s=>`head ${s}`,meanOfHeads:s=>`the mean of ${s} heads`,unit:"Unit",words:"by word",tokens:"by token",scale:"Shades",linear:"on a linear scale",log:"on a logarithmic scale",kernel:s=>`computed by the kernel \u201C${s}\u201D`,pointAtWord:"Point at a word to see what it looked at and what looked at it.",lookedAt:s=>`\u201C${s}\u201D looked at`,lookedAtBy:s=>`\u201C${s}\u201D was looked at by`,cell:(s,t)=>`\u201C${s}\u201D looked at \u201C${t}\u201D`,nothingSeen:"nothing",locked:"Kept. Escape lets go.",letGo:"Let go",rest:(s,t)=>`${s} others ${t}`,entropy:(s,t)=>`Entropy ${s} nats, as spread as ${t} equal weights.`,received:s=>`Received ${s} in all.`,probability:s=>`Probability ${s}.`,exact:s=>`Weights are shown to within ${s}.`,bound:(s,t)=>`Weights are pooled: a number is the largest of ${s} \xD7 ${t} weights; single ones are not in this file.`,textHeading:"The text",textExplained:"Point at a word. The darker a word in the other text, the more weight it received; the bar under a word shows how probable the model found it.",textExplainedSelf:"The same text twice: above as what is looked at, below as what is looking. The darker a word, the more weight.",looking:"Looking",lookedAtSide:"Looked at",mapHeading:"The map",mapExplained:"A row is a word that looked, a column one that was looked at. Bars at the right: how spread out each row is (entropy). Bars below: what each column received in all.",mapKeys:"Drag to move, scroll or pinch to zoom. With the keyboard: arrows, plus and minus, 0 for the whole, Enter to keep, Escape to let go.",mapName:(s,t)=>`Heat map of ${s} rows and ${t} columns`,zoomIn:"Zoom in",zoomOut:"Zoom out",whole:"Whole map",entropyBand:"entropy",receivedBand:"received",linksHeading:"The links",linksExplained:"Each line joins a word that looked (right) with one it looked at (left); the heavier the line, the more weight. Below 0.05 none is drawn.",linksPart:(s,t,e)=>`${s} to ${t} of ${e}`,headsHeading:"All layers and heads",headsExplained:"One small map for each head, all on one scale. Choose one to see it above.",meanShort:"mean",headName:(s,t)=>`${s}, ${t}`,pictureHeading:"The picture",pictureExplained:"Regions that a word looked at stay bright, the others are darkened; the brightest is the one with the most weight. Point at a region to see which words looked at it.",pictureWordsHeading:"Word by word",pictureName:s=>`Where \u201C${s}\u201D looked`,pictureWhole:"The picture, by regions",alternativesHeading:"What else the search had",alternativesExplained:"Best first, with its score: log-probability after the length penalty.",confidenceHeading:"How sure the model was",goldLegend:"Drawn by hand: sure (solid), possible (dashed). Dots: the model\u2019s own links.",aer:s=>`Alignment error rate ${s}`,notesHeading:"Where weight collects",sink:(s,t,e)=>`${s} of the weight of ${e} rests on ${t}. Such weight says little about meaning.`,places:{eos:"the end of the sentence",first:"the first token",punctuation:"punctuation",padding:"padding"},showIt:"Show",computing:"Reading \u2026"};var Bt={language:"\u4E2D\u6587",languageSwitch:"\u8BED\u8A00",themeSwitch:"\u914D\u8272",light:"\u6D45\u8272",dark:"\u6DF1\u8272",views:"\u6587\u672C",compareWith:"\u5E76\u6392\u5BF9\u6BD4",nothingBeside:"\u4E0D\u5BF9\u6BD4",noViews:"\u8FD9\u4EFD\u62A5\u544A\u91CC\u6CA1\u6709\u53EF\u663E\u793A\u7684\u5185\u5BB9\u3002",noMaps:"\u8FD9\u4E2A\u6A21\u578B\u6CA1\u6709\u6CE8\u610F\u529B\uFF0C\u56E0\u6B64\u6CA1\u6709\u6743\u91CD\u53EF\u4EE5\u663E\u793A\u3002",unreadable:s=>`\u65E0\u6CD5\u8BFB\u53D6\u672C\u9875\u6570\u636E\uFF1A${s}`,showing:"\u5F53\u524D\u663E\u793A",map:"\u6CE8\u610F\u529B\u7C7B\u578B",mapKinds:{cross:"\u4EA4\u53C9\u6CE8\u610F\u529B",encoder:"\u7F16\u7801\u5668\u81EA\u6CE8\u610F\u529B",decoder:"\u89E3\u7801\u5668\u81EA\u6CE8\u610F\u529B",self:"\u81EA\u6CE8\u610F\u529B",causal:"\u56E0\u679C\u81EA\u6CE8\u610F\u529B",unknown:"\u6CE8\u610F\u529B"},layer:"\u5C42",layerNumber:s=>`\u7B2C ${s} \u5C42`,head:"\u5934",headNumber:s=>`\u7B2C ${s} \u5934`,meanOfHeads:s=>`${s} \u4E2A\u5934\u7684\u5E73\u5747`,unit:"\u5355\u4F4D",words:"\u6309\u8BCD",tokens:"\u6309 token",scale:"\u8272\u6807",linear:"\u7EBF\u6027\u8272\u6807",log:"\u5BF9\u6570\u8272\u6807",kernel:s=>`\u7531\u5185\u6838\u201C${s}\u201D\u8BA1\u7B97`,pointAtWord:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF0C\u770B\u5B83\u5173\u6CE8\u4E86\u4EC0\u4E48\u3001\u53C8\u88AB\u4EC0\u4E48\u5173\u6CE8\u3002",lookedAt:s=>`\u201C${s}\u201D\u5173\u6CE8\u4E86`,lookedAtBy:s=>`\u5173\u6CE8\u201C${s}\u201D\u7684\u6709`,cell:(s,t)=>`\u201C${s}\u201D\u5BF9\u201C${t}\u201D\u7684\u6743\u91CD`,nothingSeen:"\u65E0",locked:"\u5DF2\u9501\u5B9A\uFF0C\u6309 Esc \u89E3\u9664\u3002",letGo:"\u89E3\u9664\u9501\u5B9A",rest:(s,t)=>`\u5176\u4F59 ${s} \u4E2A\u5171 ${t}`,entropy:(s,t)=>`\u71B5 ${s} \u5948\u7279\uFF0C\u76F8\u5F53\u4E8E ${t} \u4E2A\u5747\u7B49\u7684\u6743\u91CD\u3002`,received:s=>`\u5171\u6536\u5230 ${s}\u3002`,probability:s=>`\u6982\u7387 ${s}\u3002`,exact:s=>`\u663E\u793A\u7684\u6743\u91CD\u8BEF\u5DEE\u4E0D\u8D85\u8FC7 ${s}\u3002`,bound:(s,t)=>`\u6743\u91CD\u5DF2\u6C60\u5316\uFF1A\u6BCF\u4E2A\u6570\u662F ${s} \xD7 ${t} \u4E2A\u6743\u91CD\u4E2D\u7684\u6700\u5927\u503C\uFF0C\u672C\u6587\u4EF6\u4E0D\u542B\u5355\u4E2A\u6743\u91CD\u3002`,textHeading:"\u6587\u672C",textExplained:"\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u8BCD\u4E0A\uFF1A\u53E6\u4E00\u4FA7\u7684\u8BCD\u989C\u8272\u8D8A\u6DF1\uFF0C\u5F97\u5230\u7684\u6743\u91CD\u8D8A\u5927\u3002\u8BCD\u4E0B\u7684\u77ED\u7EBF\u8868\u793A\u6A21\u578B\u8BA4\u4E3A\u5B83\u6709\u591A\u5927\u6982\u7387\u3002",textExplainedSelf:"\u540C\u4E00\u6BB5\u6587\u672C\u51FA\u73B0\u4E24\u6B21\uFF1A\u4E0A\u9762\u662F\u88AB\u5173\u6CE8\u7684\uFF0C\u4E0B\u9762\u662F\u53D1\u51FA\u5173\u6CE8\u7684\u3002\u989C\u8272\u8D8A\u6DF1\uFF0C\u6743\u91CD\u8D8A\u5927\u3002",looking:"\u53D1\u51FA\u5173\u6CE8",lookedAtSide:"\u88AB\u5173\u6CE8",mapHeading:"\u70ED\u529B\u56FE",mapExplained:"\u6BCF\u884C\u662F\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF0C\u6BCF\u5217\u662F\u4E00\u4E2A\u88AB\u5173\u6CE8\u7684\u8BCD\u3002\u53F3\u4FA7\u77ED\u6761\u662F\u8BE5\u884C\u7684\u5206\u6563\u7A0B\u5EA6\uFF08\u71B5\uFF09\uFF0C\u4E0B\u65B9\u77ED\u6761\u662F\u8BE5\u5217\u6536\u5230\u7684\u6743\u91CD\u603B\u548C\u3002",mapKeys:"\u62D6\u52A8\u53EF\u5E73\u79FB\uFF0C\u6EDA\u8F6E\u6216\u53CC\u6307\u53EF\u7F29\u653E\u3002\u952E\u76D8\uFF1A\u65B9\u5411\u952E\u79FB\u52A8\uFF0C\u52A0\u53F7\u548C\u51CF\u53F7\u7F29\u653E\uFF0C0 \u663E\u793A\u5168\u56FE\uFF0C\u56DE\u8F66\u9501\u5B9A\uFF0CEsc \u89E3\u9664\u3002",mapName:(s,t)=>`${s} \u884C ${t} \u5217\u7684\u70ED\u529B\u56FE`,zoomIn:"\u653E\u5927",zoomOut:"\u7F29\u5C0F",whole:"\u5168\u56FE",entropyBand:"\u71B5",receivedBand:"\u6536\u5230",linksHeading:"\u8FDE\u7EBF",linksExplained:"\u6BCF\u6761\u7EBF\u628A\u4E00\u4E2A\u53D1\u51FA\u5173\u6CE8\u7684\u8BCD\uFF08\u53F3\uFF09\u4E0E\u5B83\u5173\u6CE8\u7684\u8BCD\uFF08\u5DE6\uFF09\u8FDE\u8D77\u6765\uFF0C\u7EBF\u8D8A\u91CD\uFF0C\u6743\u91CD\u8D8A\u5927\uFF1B\u5C0F\u4E8E 0.05 \u7684\u4E0D\u753B\u3002",linksPart:(s,t,e)=>`\u7B2C ${s} \u81F3 ${t} \u4E2A\uFF0C\u5171 ${e} \u4E2A`,headsHeading:"\u6240\u6709\u5C42\u4E0E\u5934",headsExplained:"\u6BCF\u4E2A\u5934\u4E00\u5E45\u5C0F\u56FE\uFF0C\u8272\u6807\u76F8\u540C\u3002\u70B9\u9009\u4E00\u5E45\uFF0C\u4E0A\u65B9\u5404\u56FE\u968F\u4E4B\u5207\u6362\u3002",meanShort:"\u5E73\u5747",headName:(s,t)=>`${s}\uFF0C${t}`,pictureHeading:"\u56FE\u7247",pictureExplained:"\u88AB\u4E00\u4E2A\u8BCD\u5173\u6CE8\u7684\u533A\u57DF\u4FDD\u6301\u660E\u4EAE\uFF0C\u5176\u4F59\u53D8\u6697\uFF0C\u6700\u4EAE\u5904\u6743\u91CD\u6700\u5927\u3002\u628A\u9F20\u6807\u79FB\u5230\u4E00\u4E2A\u533A\u57DF\u4E0A\uFF0C\u770B\u54EA\u4E9B\u8BCD\u5173\u6CE8\u4E86\u5B83\u3002",pictureWordsHeading:"\u9010\u8BCD\u67E5\u770B",pictureName:s=>`\u201C${s}\u201D\u5173\u6CE8\u7684\u4F4D\u7F6E`,pictureWhole:"\u6309\u533A\u57DF\u5212\u5206\u7684\u56FE\u7247",alternativesHeading:"\u641C\u7D22\u7684\u5176\u4ED6\u5019\u9009",alternativesExplained:"\u6309\u5F97\u5206\u4ECE\u9AD8\u5230\u4F4E\u6392\u5217\uFF1B\u5F97\u5206\u662F\u7ECF\u957F\u5EA6\u60E9\u7F5A\u540E\u7684\u5BF9\u6570\u6982\u7387\u3002",confidenceHeading:"\u6A21\u578B\u7684\u628A\u63E1",goldLegend:"\u4EBA\u5DE5\u6807\u6CE8\uFF1A\u786E\u5B9A\uFF08\u5B9E\u7EBF\uFF09\uFF0C\u53EF\u80FD\uFF08\u865A\u7EBF\uFF09\u3002\u5706\u70B9\uFF1A\u6A21\u578B\u81EA\u5DF1\u7684\u5BF9\u9F50\u3002",aer:s=>`\u5BF9\u9F50\u9519\u8BEF\u7387 ${s}`,notesHeading:"\u6743\u91CD\u805A\u96C6\u4E4B\u5904",sink:(s,t,e)=>`${e}\u6709 ${s} \u7684\u6743\u91CD\u843D\u5728${t}\u4E0A\u3002\u8FD9\u6837\u7684\u6743\u91CD\u4E0E\u8BCD\u4E49\u5173\u7CFB\u4E0D\u5927\u3002`,places:{eos:"\u53E5\u5B50\u7ED3\u675F\u7B26",first:"\u7B2C\u4E00\u4E2A token",punctuation:"\u6807\u70B9",padding:"\u586B\u5145"},showIt:"\u67E5\u770B",computing:"\u6B63\u5728\u8BFB\u53D6\u2026\u2026"};var Z={en:Wt,zh:Bt};function zt(s){try{return localStorage.getItem(`qkv.${s}`)}catch{return null}}function jt(s,t){try{localStorage.setItem(`qkv.${s}`,t)}catch{return}}function ls(){return navigator.languages.map(t=>t.slice(0,2).toLowerCase()).find(t=>t in Z)??"en"}var at=class extends EventTarget{constructor(){super();this.darkness=matchMedia("(prefers-color-scheme: dark)");this.paper=matchMedia("print");this.chosenTheme=zt("theme");this.chosenLanguage=zt("language");this.darkness.addEventListener("change",()=>this.changed()),this.paper.addEventListener("change",()=>this.changed()),this.apply()}get language(){let e=this.chosenLanguage;return e&&e in Z?e:ls()}get text(){return Z[this.language]}get theme(){return this.paper.matches?"light":this.screenTheme}get screenTheme(){return this.chosenTheme??(this.darkness.matches?"dark":"light")}choose(e,r){e!==this.language&&(this.chosenLanguage=e,jt("language",e)),r!==this.screenTheme&&(this.chosenTheme=r,jt("theme",r)),this.changed()}changed(){this.apply(),this.dispatchEvent(new Event("change"))}apply(){document.documentElement.lang=this.language==="zh"?"zh-Hans":"en",document.documentElement.dataset.theme=this.screenTheme}},S=new at;var w=class extends H{constructor(){super(...arguments);this.preferencesChanged=()=>this.requestUpdate()}get text(){return S.text}connectedCallback(){super.connectedCallback(),S.addEventListener("change",this.preferencesChanged)}disconnectedCallback(){S.removeEventListener("change",this.preferencesChanged),super.disconnectedCallback()}ask(e,r){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:r}))}};var me=class extends w{render(){let{language:t,screenTheme:e}=S,r=Object.keys(Z);return u`
      <div role="group" aria-label=${this.text.languageSwitch}>
        ${r.map(i=>Vt(Z[i].language,i===t,()=>S.choose(i,e)))}
      </div>
      <div role="group" aria-label=${this.text.themeSwitch}>
        ${["light","dark"].map(i=>Vt(this.text[i],i===e,()=>S.choose(t,i)))}
      </div>
    `}};me.styles=[$,b`
      :host {
        display: flex;
        gap: 1.25rem;
        font-size: 0.875rem;
      }
      button {
        color: var(--quiet);
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        border-bottom: 1px solid var(--ink);
        border-radius: 0;
      }
    `],me=d([x("qkv-preferences-switch")],me);var Vt=(s,t,e)=>u`<button type="button" aria-pressed=${t} @click=${e}>${s}</button>`;function Kt(s,t){let{map:e,unit:r,querySide:i,keySide:n}=t;if(!s||e.kind!=="cross")return[];let o=(h,c)=>r==="words"?[c,c+1]:h[c],a=h=>([c,p])=>({kind:h,rows:o(i.words,p),columns:o(n.words,c)}),l=new Set(s.sure.map(String));return[...s.possible.filter(h=>!l.has(String(h))).map(a("possible")),...s.sure.map(a("sure")),...s.links.map(a("link"))].filter(({rows:h,columns:c})=>h&&c)}function fe(s){return s===0?"0":s<.001?lt(s,2):s.toFixed(3)}function Jt(s,t){if(s===0)return"0";let e=t?Math.max(2,Math.ceil(Math.log10(s/t))+1):2;return lt(s,Math.min(6,e))}function Zt(s){return lt(s,1)}var ge=s=>`${Math.round(s*100)} %`;function lt(s,t){return s>=1e-6?Number(s.toPrecision(t)).toFixed(hs(s,t)):s.toExponential(t-1)}var hs=(s,t)=>Math.max(0,t-1-Math.floor(Math.log10(s)));var cs=/\p{Cc}/gu,ps=/^\p{M}/u,us=/^[\p{Z}\p{Cf}]+$/u;function ds(s){if(s==="")return"\u2205";if(us.test(s))return"\u2423".repeat([...s].length);let t=s.replace(cs,e=>e<" "?String.fromCharCode(9216+e.charCodeAt(0)):"\u2421");return ps.test(t)?`\u25CC${t}`:t}function Oe(s,t){return t==="words"?s.words:s.tokens.map((e,r)=>[r,r+1])}function ve(s,t){return Oe(s,t).map(([e,r])=>({text:ds(ms(s,e,r)),space:s.spaces[e]??"",tokens:[e,r]}))}function ms({tokens:s,spaces:t},e,r){return s.slice(e,r).map((n,o)=>(o?t[e+o]??"":"")+n).join("")}function qe(s,t){let e=[...s];return e.length<=t?s:`${e.slice(0,t-1).join("")}\u2026`}var ye=(s,[t,e])=>s.probabilities?.slice(t,e).reduce((r,i)=>r*i,1)??null;var k={row:null,column:null};function ht(s){let[t,e]=s.panes,r={view:t.view,map:t.map,layer:t.layer,head:t.head??"mean",row:s.row,column:s.column,mode:s.unit,scale:s.scale,beside:e&&[e.view,e.map,e.layer,e.head??"mean"].join(".")};return Object.entries(r).filter(([,n])=>n!=null).map(([n,o])=>`${n}=${o}`).join("&")}function Qt(s,t){let e=new URLSearchParams(s.replace(/^#/,"")),r=Yt(["view","map","layer","head"].map(o=>e.get(o)),t),i=e.get("beside")?.split("."),n=e.get("scale");return{panes:i?[r,Yt(i,t)]:[r],unit:e.get("mode")==="tokens"?"tokens":"words",scale:n==="linear"||n==="log"?n:null,row:Y(e.get("row"),1/0),column:Y(e.get("column"),1/0)}}function Q(s,{maps:t},e=0){let r=t[e]?.layers??[],i=r.at(-1)?.heads??[],n=i.every(({encoding:o})=>o==="dense");return{view:s,map:e,layer:Math.max(0,r.length-1),head:i.length>1&&n?null:0}}function Yt([s,t,e,r],i){let n=Y(s,i.length)??0,{maps:o}=i[n],a=Q(n,i[n],Y(t,o.length)??0),l=o[a.map]?.layers??[];a.layer=Y(e,l.length)??a.layer;let h=Y(r,l[a.layer]?.heads.length??0);return{...a,head:h??a.head}}function Y(s,t){return s&&/^\d{1,9}$/.test(s)&&Number(s)<t?Number(s):null}function Xt({rows:s,columns:t,values:e}){let r=new Float32Array(s);for(let i=0;i<e.length;i++)e[i]>0&&(r[Math.floor(i/t)]-=e[i]*Math.log(e[i]));return r.map(i=>Math.max(0,i))}function er({columns:s,values:t}){let e=new Float64Array(s);for(let r=0;r<t.length;r++)e[r%s]+=t[r];return Float32Array.from(e)}function be(s,t){let e=[];for(let r=0;r<s.length;r++){if(!(s[r]>0)||e.length===t&&s[r]<=s[e[t-1]])continue;let i=e.findIndex(n=>s[n]<s[r]);e.splice(i<0?e.length:i,0,r),e.length=Math.min(e.length,t)}return e}function X(s,t,e){let r=128<<t;return[s*r,Math.min(e,(s+1)*r)]}var we=(s,t)=>Math.ceil(s/2**t);function ct(s,t,e){let[r,i]=[Math.ceil(s.rows/t),Math.ceil(s.columns/e)],n=new Float32Array(r*i);for(let o=0;o<s.rows;o++){let[a,l]=[Math.floor(o/t)*i,o*s.columns];for(let h=0;h<s.columns;h++){let c=a+Math.floor(h/e);n[c]=Math.max(n[c],s.values[l+h])}}return{rows:r,columns:i,values:n,by:[t,e]}}function tr(s,[t,e],[r,i]){let[n,o]=[e-t,i-r],a=new Float32Array(n*o);for(let l=0;l<n;l++){let h=(t+l)*s.columns+r;a.set(s.values.subarray(h,h+o),l*o)}return{rows:n,columns:o,values:a}}var fs=256,L=class{constructor(t,e){this.grid=t;this.precision=e;this.shape=[t.rows,t.columns];let[r,i]=this.shape.map(n=>Math.max(1,Math.ceil(n/fs)));this.overview=ct(t,r,i),this.entropy=Xt(t),this.received=er(t)}async tile({level:[t,e],tile:[r,i]}){let[n,o]=this.shape,a=tr(this.grid,X(r,t,n),X(i,e,o));return t||e?ct(a,2**t,2**e):a}row(t){let{columns:e,values:r}=this.grid;return r.subarray(t*e,(t+1)*e)}column(t){let{rows:e,columns:r,values:i}=this.grid;return Float32Array.from({length:e},(n,o)=>i[o*r+t])}cell(t,e){return this.grid.values[t*this.grid.columns+e]}};function gs(s,t,e){let r=new Float32Array(t.length*e.length);return t.forEach(([i,n],o)=>{e.forEach(([a,l],h)=>{let c=0;for(let p=i;p<n;p++)for(let f=a;f<l;f++)c+=s.values[p*s.columns+f];r[o*e.length+h]=c/(n-i)})}),{rows:t.length,columns:e.length,values:r}}function vs(s){let t=new Float32Array(s[0].values.length);for(let e of s)for(let r=0;r<t.length;r++)t[r]+=e.values[r]/s.length;return{rows:s[0].rows,columns:s[0].columns,values:t}}function rr(s){let t=s.filter(e=>e instanceof L);return t.length<s.length?null:new L(vs(t.map(e=>e.grid)),t[0].precision)}function sr(s,t,e){if(!(s instanceof L))return s;let r=Math.max(...e.map(([i,n])=>n-i));return new L(gs(s.grid,t,e),s.precision*r)}var ir=`"use strict";(()=>{function y(e,r,t){let n=128<<r;return[e*n,Math.min(t,(e+1)*n)]}var b=(e,r)=>Math.ceil(e/2**r);function x(e,r,t){let{width:n,query:s,key:l}=e,[m,c]=[r*n,t*n],u=0;for(let a=0;a<n;a++)u+=s[m+a]*l[c+a];return u}var A=({causal:e,shape:r},t)=>e===null?r[1]:Math.min(r[1],t+e+1);function d(e,{level:r,tile:t}){let[n,s]=y(t[0],r[0],e.shape[0]),[l,m]=y(t[1],r[1],e.shape[1]),c=Math.min(128,b(s-n,r[0])),u=Math.min(128,b(m-l,r[1])),a=new Float32Array(c*u);for(let o=n;o<s;o++){let i=a.subarray((o-n>>r[0])*u);S(e,o,l,Math.min(m,A(e,o)),r[1],i)}return{rows:c,columns:u,values:a}}function S(e,r,t,n,s,l){let{hidden:m,keyScale:c,logsumexp:u,queryScale:a}=e;for(let o=t;o<n;o+=1<<s){let i=-1/0,v=Math.min(n,o+(1<<s));for(let p=o;p<v;p++)m[p]||(i=Math.max(i,x(e,r,p)*c[p]));let h=o-t>>s;l[h]=Math.max(l[h],Math.exp(i*a[r]-u[r]))}}var w=new Map;self.onmessage=({data:e})=>{e.scores&&w.set(e.key,e.scores);let r=d(w.get(e.key),e.place);self.postMessage({number:e.number,grid:r},{transfer:[r.values.buffer]})};})();
`;function nr(s,t,e){let{width:r,query:i,key:n}=s,[o,a]=[t*r,e*r],l=0;for(let h=0;h<r;h++)l+=i[o+h]*n[a+h];return l}var or=({causal:s,shape:t},e)=>s===null?t[1]:Math.min(t[1],e+s+1);function bs(s,t,e){if(s.hidden[e]||e>=or(s,t))return 0;let r=nr(s,t,e)*s.queryScale[t]*s.keyScale[e];return Math.exp(r-s.logsumexp[t])}function ar(s,{level:t,tile:e}){let[r,i]=X(e[0],t[0],s.shape[0]),[n,o]=X(e[1],t[1],s.shape[1]),a=Math.min(128,we(i-r,t[0])),l=Math.min(128,we(o-n,t[1])),h=new Float32Array(a*l);for(let c=r;c<i;c++){let p=h.subarray((c-r>>t[0])*l);ws(s,c,n,Math.min(o,or(s,c)),t[1],p)}return{rows:a,columns:l,values:h}}function ws(s,t,e,r,i,n){let{hidden:o,keyScale:a,logsumexp:l,queryScale:h}=s;for(let c=e;c<r;c+=1<<i){let p=-1/0,f=Math.min(r,c+(1<<i));for(let y=c;y<f;y++)o[y]||(p=Math.max(p,nr(s,t,y)*a[y]));let g=c-e>>i;n[g]=Math.max(n[g],Math.exp(p*h[t]-l[t]))}}var Te=class{constructor(t,e,r,i,n,o){this.scores=t;this.precision=e;this.overview=r;this.entropy=i;this.received=n;this.compute=o;this.shape=t.shape}tile(t){let[e,r]=this.overview.by;return 2**t.level[0]<e||2**t.level[1]<r?this.compute(this.scores,t):null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){return bs(this.scores,t,e)}};var ee=new Map,Ne=new Map,$s=0,$e;function xs(){try{let s=new Worker(URL.createObjectURL(new Blob([ir],{type:"text/javascript"})));return s.onmessage=({data:t})=>lr(t.number,t.grid),s.onerror=()=>{$e=null;for(let t of ee.keys())hr(t)},s}catch{return null}}function lr(s,t){ee.get(s)?.done(t),ee.delete(s)}function hr(s){let{scores:t,place:e}=ee.get(s);setTimeout(()=>lr(s,ar(t,e)))}function Ss(s,{scores:t,place:e}){let r={number:s,key:Ne.get(t)??Ne.size,place:e};Ne.has(t)||(Ne.set(t,r.key),r.scores=t),$e.postMessage(r)}function cr(s,t){return $e===void 0&&($e=xs()),new Promise(e=>{let r=$s++;ee.set(r,{scores:s,place:t,done:e}),$e?Ss(r,ee.get(r)):hr(r)})}var pr=Array.from({length:94},(s,t)=>String.fromCharCode(33+t)).filter(s=>!'"<\\'.includes(s)).join(""),pt=new Uint8Array(128);for(let s=0;s<pr.length;s++)pt[pr.charCodeAt(s)]=s;function ks(s){let t=s.length>>1,e=new Uint8Array(13*t+(s.length%2?5:0)>>3),[r,i,n]=[0,0,0];for(let o=0;o<s.length;o+=2){let a=o+1<s.length?pt[s.charCodeAt(o+1)]:0;for(i|=pt[s.charCodeAt(o)]+91*a<<r,r+=13;r>=8&&n<e.length;r-=8)e[n++]=i&255,i>>>=8}return e}async function He(s){if(s==="")return new ArrayBuffer(0);let t=new Blob([ks(s)]).stream();return new Response(t.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer()}var ur=async s=>new Uint8Array(await He(s)),ut=async s=>new Int8Array(await He(s)),dr=async s=>new Uint16Array(await He(s)),te=async s=>new Float32Array(await He(s));var Fe=class{constructor(t,e,r,i){this.shape=t;this.overview=e;this.entropy=r;this.received=i;this.precision=null}tile(){return null}row(t){return Float32Array.from({length:this.shape[1]},(e,r)=>this.cell(t,r))}column(t){return Float32Array.from({length:this.shape[0]},(e,r)=>this.cell(r,t))}cell(t,e){let{by:r,columns:i,values:n}=this.overview;return n[Math.floor(t/r[0])*i+Math.floor(e/r[1])]}},As=Float32Array.from({length:256},(s,t)=>t===0?0:2**((t-255)/12)),mr=s=>Float32Array.from(s,t=>As[t]);var fr=65535,gr=new WeakMap;function xe(s){let t=gr.get(s)??Es(s);return gr.set(s,t),t}async function vr(s){return s.encoding==="dense"?(await xe(s)).overview:yr(s.overview)}async function Es(s){if(s.encoding==="dense"){let[i,n]=s.shape,o=Float32Array.from(await dr(s.data),a=>a/fr);return new L({rows:i,columns:n,values:o},.5/fr)}let t=await yr(s.overview),e=[await te(s.entropy),await te(s.received)];if(s.encoding==="pooled")return new Fe(s.shape,t,...e);let r=await _s(s);return new Te(r,s.precision,t,...e,cr)}async function yr({shape:[s,t],by:e,data:r}){return{rows:s,columns:t,by:e,values:mr(await ur(r))}}async function _s(s){return{shape:s.shape,width:s.width,query:await ut(s.query),queryScale:await te(s.query_scale),key:await ut(s.key),keyScale:await te(s.key_scale),logsumexp:await te(s.logsumexp),causal:s.causal,hidden:Ms(s.shape,s.hidden)}}function Ms([,s],t){let e=new Uint8Array(s);for(let[r,i]of t)e.fill(1,r,i);return e}var Ps=64,br=s=>s.shape[1]>Ps?"log":"linear",Ue=s=>s.heads.every(t=>t.encoding==="dense");async function wr(s,t,e){let r=s.maps[t.map],i=r?.layers[t.layer];if(!i||i.heads.length===0)return null;let[n,o]=[s.sides[r.rows],s.sides[r.columns]],a=Ue(i)?e:"tokens",l=await Cs(i,t.head),h=a==="words"?sr(l,Oe(n,a),Oe(o,a)):l;return{map:r,layer:i,unit:a,querySide:n,keySide:o,weights:h,rows:ve(n,a),columns:ve(o,a)}}async function Cs({heads:s},t){return t!==null?xe(s[t]):rr(await Promise.all(s.map(xe)))??xe(s[0])}var Ls={light:[[252,251,248],[214,229,240],[146,190,220],[62,127,178],[11,52,88]],dark:[[22,21,20],[28,50,70],[40,96,140],[98,164,214],[220,240,255]]},$r=1e-4;function j(s,t){return t==="linear"?Math.min(1,Math.max(0,s)):s<=$r?0:Math.min(1,1-Math.log10(s)/Math.log10($r))}function V(s,t){let e=Ls[t],r=Math.min(e.length-1,Math.max(0,s*(e.length-1))),[i,n]=[Math.floor(r),Math.ceil(r)];return e[i].map((a,l)=>Math.round(a+(e[n][l]-a)*(r-i)))}var re=([s,t,e])=>`rgb(${s}, ${t}, ${e})`;function Rs(s){let[t,e,r]=s.map(i=>{let n=i/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*r}function Sr(s){return Rs(s)>.18?"#141312":"#ffffff"}var dt=256,xr=new Map;function Os(s){let t=xr.get(s);return t||(t=Uint32Array.from({length:dt},(e,r)=>{let[i,n,o]=V(r/(dt-1),s);return 255<<24|o<<16|n<<8|i}),xr.set(s,t)),t}function Ge(s,t,e,r){let i=Os(r),n=new ImageData(t,s.length/t),o=new Uint32Array(n.data.buffer);for(let a=0;a<s.length;a++)o[a]=i[Math.round(j(s[a],e)*(dt-1))];return n}var G=class extends w{constructor(){super(...arguments);this.maps=[];this.scale="linear";this.drawing=0}render(){return this.maps.map((e,r)=>u`
        <h3 class="quiet">${e.name||this.text.mapKinds[e.kind]}</h3>
        <div role="radiogroup" aria-label=${e.name||this.text.mapKinds[e.kind]} @keydown=${this.keyPressed}>
          ${e.layers.map((i,n)=>this.renderLayer(i,r,n))}
        </div>
      `)}renderLayer(e,r,i){let n=e.name||this.text.layerNumber(i);return u`<div class="layer">
      <span class="quiet name">${n}</span>
      ${e.heads.map((o,a)=>this.renderHead(n,{...this.pane,map:r,layer:i,head:a}))}
    </div>`}renderHead(e,r){let{map:i,layer:n,head:o}=this.pane,a=i===r.map&&n===r.layer&&(o===null||o===r.head),h=r.head===(o??0)&&n===r.layer&&i===r.map||i!==r.map&&r.layer===0&&r.head===0;return u`<button
      type="button"
      role="radio"
      aria-checked=${a}
      aria-label=${this.text.headName(e,this.text.headNumber(r.head))}
      title=${this.text.headName(e,this.text.headNumber(r.head))}
      tabindex=${h?0:-1}
      @click=${()=>this.choose(r)}
    ><canvas data-head="${r.map} ${r.layer} ${r.head}"></canvas></button>`}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}keyPressed({key:e,currentTarget:r,target:i}){let n={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1}[e];if(!n)return;let o=[...r.querySelectorAll("button")],a=o[o.indexOf(i)+n];a?.focus(),a?.click()}updated(e){(e.has("maps")||e.has("scale")||!e.has("pane"))&&this.drawAll()}async drawAll(){let e=++this.drawing;for(let r of this.renderRoot.querySelectorAll("canvas")){let[i,n,o]=r.dataset.head.split(" ").map(Number),{rows:a,columns:l,values:h}=await vr(this.maps[i].layers[n].heads[o]);if(e!==this.drawing)return;[r.width,r.height]=[l,a],r.getContext("2d").putImageData(Ge(h,l,this.scale,S.theme),0,0)}}};G.styles=[$,b`
      .layer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem;
        margin: 0.3rem 0;
      }
      .name {
        flex: 0 0 5.5rem;
        overflow-wrap: anywhere;
      }
      h3 {
        margin-top: 0.75rem;
      }
      h3:first-child {
        margin-top: 0;
      }
      button {
        padding: 2px;
        border: 1px solid var(--rule);
        line-height: 0;
      }
      button[aria-checked="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      canvas {
        width: 4rem;
        height: 4rem;
        image-rendering: pixelated;
        print-color-adjust: exact;
      }
    `],d([m({attribute:!1})],G.prototype,"maps",2),d([m({attribute:!1})],G.prototype,"pane",2),d([m({attribute:!1})],G.prototype,"scale",2),G=d([x("qkv-head-mosaic")],G);var qs=600,Ie=class{constructor(t,e,r,i){this.weights=t;this.scale=e;this.theme=r;this.arrived=i;this.grids=new Map;this.images=new Map;this.wanted=[];this.busy=!1}overview(){let{values:t,columns:e}=this.weights.overview;return this.image("overview",t,e)}under(t,e){let r=Ns(t,t.level(e),this.weights.shape);return this.want(r),this.drawable(r)}drawable(t){let e=t[0]?.level??[0,0],r=[...this.grids.values()].filter(({place:i})=>i.level[0]>=e[0]&&i.level[1]>=e[1]);return r.sort((i,n)=>kr(n.place.level)-kr(i.place.level)),r.map(({place:i,grid:n})=>({place:i,image:this.image(mt(i),n.values,n.columns)}))}image(t,e,r){let i=this.images.get(t);return i||(i=Ts(Ge(e,r,this.scale,this.theme)),this.images.set(t,i)),i}want(t){this.wanted=t.filter(e=>!this.grids.has(mt(e))),this.busy||this.compute()}async compute(){this.busy=!0;for(let t=this.wanted.shift();t;t=this.wanted.shift()){let e=await this.weights.tile(t);if(!e)break;this.grids.set(mt(t),{place:t,grid:e}),this.forget(),this.arrived()}this.busy=!1}forget(){let[t]=this.grids.keys();this.grids.size<=qs||(this.grids.delete(t),this.images.delete(t))}},kr=([s,t])=>s+t,mt=({level:s,tile:t})=>`${s} ${t}`;function Ts(s){let t=document.createElement("canvas");return[t.width,t.height]=[s.width,s.height],t.getContext("2d").putImageData(s,0,0),t}function Ns({left:s,top:t,width:e,height:r,plot:i},n,[o,a]){let l=(g,y,ie,Ee)=>{let Ke=Math.ceil(we(Ee,ie)/128)-1,St=128<<ie,Dr=Math.min(Ke,Math.floor((g+y)/St)),kt=Math.max(0,Math.floor(g/St));return Array.from({length:Math.max(0,Dr-kt+1)},(li,Wr)=>kt+Wr)},h=l(s,i.width/e,n[1],a),c=l(t,i.height/r,n[0],o),p=c.flatMap(g=>h.map(y=>({level:n,tile:[g,y]}))),f=({tile:[g,y]})=>Math.hypot(g-(c[0]+c.at(-1))/2,y-(h[0]+h.at(-1))/2);return p.sort((g,y)=>f(g)-f(y))}var ke=class{constructor(t,e){this.rows=t;this.columns=e;this.width=1;this.height=1;this.left=0;this.top=0;this.plot={width:1,height:1};this.fitted={width:1,height:1}}fit(t){let e=Math.min(30,t.width/this.columns),r=Math.min(30,t.height/this.rows);Math.min(e,r)>=6&&(e=r=Math.min(e,r)),this.plot={width:e*this.columns,height:r*this.rows},this.fitted={width:e,height:r},[this.width,this.height,this.left,this.top]=[e,r,0,0]}get whole(){return this.width<=this.fitted.width&&this.height<=this.fitted.height}showWhole(){[this.width,this.height]=[this.fitted.width,this.fitted.height],this.pan(0,0)}zoom(t,e,r){let[i,n]=[this.left+t/this.width,this.top+e/this.height];this.width=Ar(this.width,this.fitted.width,r),this.height=Ar(this.height,this.fitted.height,r),this.left=i-t/this.width,this.top=n-e/this.height,this.pan(0,0)}pan(t,e){let{width:r,height:i}=this.plot;this.left=Se(this.left-t/this.width,0,this.columns-r/this.width),this.top=Se(this.top-e/this.height,0,this.rows-i/this.height)}reveal(t,e){let[r,i]=[this.plot.width/this.width,this.plot.height/this.height];this.left=Se(this.left,e+1-r,e),this.top=Se(this.top,t+1-i,t),this.pan(0,0)}cellAt(t,e){let[r,i]=[this.left+t/this.width,this.top+e/this.height].map(Math.floor);return t>=0&&e>=0&&t<this.plot.width&&e<this.plot.height&&i<this.rows&&r<this.columns?{row:i,column:r}:null}level(t){let e=r=>Math.max(0,Math.floor(Math.log2(1/(r*t))));return[e(this.height),e(this.width)]}};function Ar(s,t,e){return Se(s*e,t,Math.max(t,44))}function Se(s,t,e){return Math.min(Math.max(s,t),Math.max(t,e))}var De=class{constructor(t,e){this.canvas=t;this.actions=e;this.pointers=new Map;this.moved=0;t.addEventListener("pointerdown",r=>this.down(r)),t.addEventListener("pointermove",r=>this.move(r)),t.addEventListener("pointerup",r=>this.up(r)),t.addEventListener("pointercancel",r=>this.pointers.delete(r.pointerId)),t.addEventListener("pointerleave",()=>e.leave()),t.addEventListener("wheel",r=>this.wheel(r),{passive:!1})}place({clientX:t,clientY:e}){let{left:r,top:i}=this.canvas.getBoundingClientRect();return[t-r,e-i]}down(t){this.canvas.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,this.place(t)),this.pointers.size===1&&(this.moved=0)}move(t){let e=this.place(t),r=this.pointers.get(t.pointerId);if(!r)return this.actions.hover(...e);let i=[...this.pointers].find(([n])=>n!==t.pointerId)?.[1];this.moved+=ft(r,e),i?this.pinch(r,e,i):this.moved>4&&this.actions.pan(e[0]-r[0],e[1]-r[1]),this.pointers.set(t.pointerId,e)}pinch(t,e,r){let i=[(e[0]+r[0])/2,(e[1]+r[1])/2],n=ft(e,r)/Math.max(1,ft(t,r));this.actions.pan((e[0]-t[0])/2,(e[1]-t[1])/2),this.actions.zoom(...i,n)}up(t){this.pointers.delete(t.pointerId)&&this.pointers.size===0&&this.moved<=4&&this.actions.press(...this.place(t))}wheel(t){let e=this.canvas.getRootNode().activeElement===this.canvas;if(!t.ctrlKey&&!t.metaKey&&!e&&!this.actions.zoomed())return;t.preventDefault();let r=t.ctrlKey&&Math.abs(t.deltaY)<40?.01:.002;this.actions.zoom(...this.place(t),Math.exp(-t.deltaY*r))}},ft=(s,t)=>Math.hypot(s[0]-t[0],s[1]-t[1]);var Hs=16,gt=-Math.PI/3,vt=11,Fs=40,Mr=10,We=44,Be=8,yt=s=>s==="serif"?'14px "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif':"11px system-ui, sans-serif",bt=({text:s})=>qe(s,Hs);function Pr(s,t,e,r){let i=Er(s,t,r*.3),n=Er(s,e,120);return{left:i+8,top:n*Math.sin(-gt)+14,right:Math.max(We+Be,n*Math.cos(gt))+4,bottom:We+Be}}function Er(s,t,e){s.font=yt("serif");let i=[...t].sort((n,o)=>o.text.length-n.text.length).slice(0,40).map(n=>s.measureText(bt(n)).width);return Math.min(e,Math.max(24,...i))}function Cr(s){let{context:t,pixelRatio:e,margins:r,inks:i}=s;t.setTransform(e,0,0,e,0,0),t.fillStyle=i.paper,t.fillRect(0,0,t.canvas.width,t.canvas.height),t.translate(r.left,r.top),t.save(),Us(s),Gs(s),Is(s),Ds(s),Bs(s),t.restore(),zs(s),js(s),Ks(s),Js(s)}function Us({context:s,viewport:{plot:t}}){s.beginPath(),s.rect(0,0,t.width,t.height),s.clip()}function Gs({context:s,images:t,viewport:e,pixelRatio:r,weights:i}){s.imageSmoothingEnabled=!1;let n=t.overview(),{by:o,columns:a,rows:l}=i.overview;_r(s,n,e,r,[0,0,l*o[0],a*o[1]]);for(let{place:{level:h,tile:c},image:p}of t.under(e,r)){let[f,g]=[c[0]*(128<<h[0]),c[1]*(128<<h[1])],y=[f,g,p.height<<h[0],p.width<<h[1]];_r(s,p,e,r,y)}}function _r(s,t,{left:e,top:r,width:i,height:n,plot:o},a,[l,h,c,p]){let f=Ke=>Math.round(Ke*a)/a,[g,y]=[f((h-e)*i),f((l-r)*n)],[ie,Ee]=[f((h+p-e)*i),f((l+c-r)*n)];ie<=0||Ee<=0||g>=o.width||y>=o.height||s.drawImage(t,g,y,Math.max(ie-g,1/a),Math.max(Ee-y,1/a))}function Is({context:s,viewport:t,inks:e}){let{width:r,height:i,left:n,top:o,plot:a}=t;if(!(Math.min(r,i)<Mr)){s.fillStyle=e.paper;for(let l=-(n%1*r);l<a.width;l+=r)s.fillRect(l-.5,0,1,a.height);for(let l=-(o%1*i);l<a.height;l+=i)s.fillRect(0,l-.5,a.width,1)}}function Ds({context:s,viewport:t,blocks:e,inks:r}){let{left:i,top:n,width:o,height:a}=t;for(let{kind:l,rows:h,columns:c}of e){let[p,f]=[(c[0]-i)*o,(h[0]-n)*a],[g,y]=[(c[1]-c[0])*o,(h[1]-h[0])*a];s.strokeStyle=s.fillStyle=r.gold,s.lineWidth=2,s.setLineDash(l==="possible"?[4,3]:[]),l!=="link"?s.strokeRect(p+2,f+2,Math.max(1,g-4),Math.max(1,y-4)):Ws(s,p+g/2,f+y/2,Math.min(4,o/4,a/4))}s.setLineDash([])}function Ws(s,t,e,r){s.beginPath(),s.arc(t,e,Math.max(1,r),0,2*Math.PI),s.fill()}function Bs({context:s,viewport:t,focus:e,inks:r}){let{left:i,top:n,width:o,height:a,plot:l}=t;s.strokeStyle=r.accent,s.lineWidth=1;let[h,c]=[((e.column??0)-i)*o,((e.row??0)-n)*a],[p,f]=[Math.max(o,3),Math.max(a,3)];e.row!==null&&s.strokeRect(.5,c,l.width-1,f),e.column!==null&&s.strokeRect(h,.5,p,l.height-1),!(e.row===null||e.column===null)&&(s.lineWidth=2,s.strokeRect(h,c,p,f))}function zs({context:s,viewport:t,rows:e,focus:r,inks:i}){s.textAlign="right",s.textBaseline="middle";let{height:n,top:o,plot:a}=t,l=n>=vt;s.font=yt(l?"serif":"sans");for(let h of Rr(o,a.height,n,e.length)){s.fillStyle=h===r.row?i.accent:l?i.ink:i.quiet;let c=l?bt(e[h]):Lr(h);s.fillText(c,-6,(h-o+.5)*n,.3*1e3)}}function js({context:s,viewport:t,columns:e,focus:r,inks:i}){let{width:n,left:o,plot:a}=t,l=n>=vt;s.textBaseline=l?"middle":"bottom",s.font=yt(l?"serif":"sans");for(let h of Rr(o,a.width,n,e.length))s.fillStyle=h===r.column?i.accent:l?i.ink:i.quiet,s.save(),s.translate((h-o+.5)*n,-6),s.textAlign=l?"left":"center",l&&s.rotate(gt),s.fillText(l?bt(e[h]):Lr(h),0,0),s.restore()}var Lr=s=>(s+1).toLocaleString("en");function Rr(s,t,e,r){let i=e>=vt?1:Vs(Fs/e),n=Math.min(r,s+t/e),o=[];for(let a=Math.ceil((s+.5)/i)*i-(i>1?1:0);a<n-.4;a+=i)a-s>=-.5&&o.push(a);return i===1&&s<.5&&o.unshift(...o[0]===0?[]:[0]),o}function Vs(s){let t=10**Math.floor(Math.log10(s));return t*([1,2,5].find(e=>e*t>=s)??10)}function Ks({context:s,viewport:t,weights:e,inks:r}){let{plot:i,top:n,height:o,rows:a,columns:l}=t,h=Math.log(Math.max(2,l)),c=i.width+Be;s.fillStyle=r.quiet;for(let[p,f,g]of Or(e.entropy,n,o,i.height,a))s.fillRect(c,p,Math.max(.5,g/h*We),f)}function Js({context:s,viewport:t,weights:e,inks:r}){let{plot:i,left:n,width:o,columns:a}=t,l=e.received.reduce((c,p)=>Math.max(c,p),1e-9),h=i.height+Be;s.fillStyle=r.quiet;for(let[c,p,f]of Or(e.received,n,o,i.width,a))s.fillRect(c,h,p,Math.max(.5,f/l*We))}function Or(s,t,e,r,i){let n=Math.max(1,Math.ceil(1/e)),o=e>=Mr?Math.max(1,e*.3):0,a=[];for(let l=Math.floor(t/n)*n;l<Math.min(i,t+r/e);l+=n){let h=Math.max(...s.subarray(l,l+n)),[c,p]=[Math.max(0,(l-t)*e),Math.min(r,(l-t+n)*e)];a.push([c+o/2,Math.max(.5,p-c-o),h])}return a}var Zs=640,ze=1.5,qr={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]},E=class extends w{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[];this.viewport=new ke(1,1);this.frame=0;this.resized=new ResizeObserver(()=>this.measure())}connectedCallback(){super.connectedCallback(),this.resized.observe(this)}disconnectedCallback(){this.resized.disconnect(),super.disconnectedCallback()}render(){let[e,r]=this.shown.weights.shape;return u`
      <div class="buttons screen">
        ${this.renderButton("+",this.text.zoomIn,()=>this.zoomMiddle(ze))}
        ${this.renderButton("\u2212",this.text.zoomOut,()=>this.zoomMiddle(1/ze))}
        ${this.renderButton("\u2922",this.text.whole,()=>this.showWhole())}
      </div>
      <canvas
        tabindex="0"
        role="application"
        aria-label="${this.text.mapName(e,r)}. ${this.text.mapKeys}"
        @keydown=${this.keyPressed}
      ></canvas>
    `}renderButton(e,r,i){return u`<button type="button" title=${r} aria-label=${r} @click=${i}>${e}</button>`}firstUpdated(){new De(this.canvas,{hover:(e,r)=>this.ask("qkv-hover",this.cellAt(e,r)??k),leave:()=>this.ask("qkv-hover",k),press:(e,r)=>this.press(e,r),pan:(e,r)=>this.change(()=>this.viewport.pan(e,r)),zoom:(e,r,i)=>this.change(()=>this.zoomAt(e,r,i)),zoomed:()=>!this.viewport.whole})}updated(e){let{theme:r}=S,{weights:i}=this.shown;e.has("shown")&&(this.viewport=new ke(...i.shape),this.measure()),(this.images?.weights!==i||this.images.scale!==this.scale||this.images.theme!==r)&&(this.images=new Ie(i,this.scale,r,()=>this.redraw())),e.has("focused")&&this.locked&&this.reveal(),this.redraw()}measure(){if(!this.canvas||this.clientWidth===0)return;let{rows:e,columns:r}=this.shown,i=this.canvas.getContext("2d"),n=Pr(i,e,r,this.clientWidth);this.margins=n,this.viewport.fit({width:Math.max(40,this.clientWidth-n.left-n.right),height:Math.min(Zs,Math.max(240,innerHeight*.75))});let{plot:o}=this.viewport,a=n.left+o.width+n.right,l=n.top+o.height+n.bottom;this.canvas.style.width=`${a}px`,this.canvas.style.height=`${l}px`,this.canvas.width=Math.round(a*devicePixelRatio),this.canvas.height=Math.round(l*devicePixelRatio),this.redraw()}redraw(){this.frame||(this.frame=requestAnimationFrame(()=>{this.frame=0,this.isConnected&&this.margins&&this.images&&this.draw()}))}draw(){let{weights:e,rows:r,columns:i}=this.shown;Cr({context:this.canvas.getContext("2d"),pixelRatio:this.canvas.width/Number.parseFloat(this.canvas.style.width),weights:e,rows:r,columns:i,images:this.images,viewport:this.viewport,margins:this.margins,focus:this.focused,blocks:this.blocks,inks:this.inks()})}inks(){let e=getComputedStyle(this);return Object.fromEntries(["ink","quiet","rule","paper","accent","gold","weight"].map(i=>[i,e.getPropertyValue(`--${i}`)]))}change(e){e(),this.canvas.style.touchAction=this.viewport.whole?"pan-x pan-y":"none",this.redraw()}cellAt(e,r){return this.viewport.cellAt(e-this.margins.left,r-this.margins.top)}zoomAt(e,r,i){this.viewport.zoom(e-this.margins.left,r-this.margins.top,i)}zoomMiddle(e){let{plot:r}=this.viewport;this.change(()=>this.viewport.zoom(r.width/2,r.height/2,e)),this.locked&&this.change(()=>this.reveal())}showWhole(){this.change(()=>this.viewport.showWhole())}press(e,r){let i=this.cellAt(e,r),{row:n,column:o}=this.focused,a=this.locked&&i?.row===n&&i?.column===o;this.ask("qkv-select",a||!i?k:i)}reveal(){let{row:e,column:r}=this.focused,{viewport:i}=this;i.reveal(e??Math.ceil(i.top),r??Math.ceil(i.left))}keyPressed(e){let r=this.keyAction(e.key);r&&(e.preventDefault(),r())}keyAction(e){if(e in qr)return()=>this.move(...qr[e]);if(e==="+"||e==="=")return()=>this.zoomMiddle(ze);if(e==="-")return()=>this.zoomMiddle(1/ze);if(e==="0")return()=>this.showWhole()}move(e,r){let[i,n]=this.shown.weights.shape,{row:o,column:a}=this.focused,l=(h,c,p)=>h===null?0:Math.min(p-1,Math.max(0,h+c));this.ask("qkv-select",{row:l(o,e,i),column:l(a,r,n)})}};E.styles=[$,b`
      :host {
        position: relative;
      }
      canvas {
        display: block;
        max-width: 100%;
        touch-action: pan-x pan-y;
        cursor: crosshair;
        print-color-adjust: exact;
      }
      .buttons {
        position: absolute;
        inset: 0 0 auto auto;
        display: flex;
      }
      .buttons button {
        width: 1.75rem;
        color: var(--quiet);
      }
    `],d([m({attribute:!1})],E.prototype,"shown",2),d([m({attribute:!1})],E.prototype,"scale",2),d([m({attribute:!1})],E.prototype,"focused",2),d([m({attribute:!1})],E.prototype,"locked",2),d([m({attribute:!1})],E.prototype,"blocks",2),d([Re("canvas")],E.prototype,"canvas",2),E=d([x("qkv-heat-map")],E);var Ys={linear:[0,.25,.5,.75,1],log:[1e-4,.001,.01,.1,1]},wt=40,je=200,se=class extends w{constructor(){super(...arguments);this.scale="linear"}render(){let{theme:e}=S,r=je/wt;return u`<svg viewBox="-16 0 ${je+32} 26" width=${je+32} height="26" role="img" aria-label=${this.text[this.scale]}>
      ${Array.from({length:wt},(i,n)=>de`<rect x=${n*r} width=${r+.5} height="8"
        fill=${re(V((n+.5)/wt,e))}></rect>`)}
      ${Ys[this.scale].map(i=>de`<text x=${j(i,this.scale)*je} y="22">${i}</text>`)}
    </svg>`}};se.styles=[$,b`
      svg {
        max-width: 100%;
      }
      text {
        font: 11px var(--sans);
        fill: var(--quiet);
        text-anchor: middle;
      }
      rect {
        print-color-adjust: exact;
      }
    `],d([m({attribute:!1})],se.prototype,"scale",2),se=d([x("qkv-legend")],se);var Qs=.82,R=class extends w{constructor(){super(...arguments);this.name="";this.shades=null;this.marked=null}render(){let{src:e,width:r,height:i,boxes:n}=this.picture,o=this.shades?Math.max(1e-9,...this.shades):1;return u`
      <svg viewBox="0 0 ${r} ${i}" role="img" aria-label=${this.name}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}>
        <image href=${e} width=${r} height=${i} />
        ${n.map(([a,l,h,c],p)=>de`
          <rect
            class=${p===this.marked?"marked":""}
            x=${a} y=${l} width=${h-a} height=${c-l}
            fill="#000"
            fill-opacity=${this.shades?Qs*(1-this.shades[p]/o):0}
            @pointerenter=${()=>this.ask("qkv-hover",{row:null,column:p})}
            @click=${()=>this.ask("qkv-select",{row:null,column:p})}
          ></rect>`)}
      </svg>
    `}};R.styles=[$,b`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      rect {
        print-color-adjust: exact;
      }
      .marked {
        stroke: var(--accent);
        stroke-width: 2px;
        vector-effect: non-scaling-stroke;
      }
    `],d([m({attribute:!1})],R.prototype,"picture",2),d([m()],R.prototype,"name",2),d([m({attribute:!1})],R.prototype,"shades",2),d([m({attribute:!1})],R.prototype,"marked",2),R=d([x("qkv-picture-regions")],R);var Xs=5,ei=24,Ae=s=>qe(s.text,ei),I=class extends w{constructor(){super(...arguments);this.shown=null;this.focused=k;this.locked=!1}render(){if(!this.shown)return u`<p class="quiet">${this.text.computing}</p>`;let{row:e,column:r}=this.focused,i=[];return e!==null&&r!==null&&i.push(this.renderCell(this.shown,e,r)),e!==null&&i.push(this.renderRow(this.shown,e)),r!==null&&i.push(this.renderColumn(this.shown,r)),u`
      <div aria-live="polite">
        ${i.length?i:u`<p class="quiet">${this.text.pointAtWord}</p>`}
      </div>
      ${this.locked?this.renderLock():v}
      <p class="quiet">${this.renderPrecision(this.shown)}</p>
    `}renderCell({weights:e,rows:r,columns:i},n,o){let a=e.cell(n,o);return u`<p>
      ${this.text.cell(Ae(r[n]),Ae(i[o]))}
      <data class="number" id="cell" value=${a}>${Jt(a,e.precision)}</data>
    </p>`}renderRow({weights:e,rows:r,columns:i,querySide:n},o){let a=e.entropy[o],l=ye(n,r[o].tokens);return u`<p>
      ${this.text.lookedAt(Ae(r[o]))} ${this.renderLargest(e.row(o),i)}
      <span class="quiet">
        ${this.text.entropy(a.toFixed(2),Math.exp(a).toFixed(1))}
        ${l===null?v:this.text.probability(ge(l))}
      </span>
    </p>`}renderColumn({weights:e,rows:r,columns:i},n){return u`<p>
      ${this.text.lookedAtBy(Ae(i[n]))}
      ${this.renderLargest(e.column(n),r)}
      <span class="quiet">${this.text.received(fe(e.received[n]))}</span>
    </p>`}renderLargest(e,r){let i=be(e,Xs);return i.length===0?this.text.nothingSeen:i.map(n=>u`<span class="part"><bdi>${Ae(r[n])}</bdi>
        <span class="number">${fe(e[n])}</span></span> `)}renderLock(){return u`<p class="quiet screen">
      ${this.text.locked}
      <button type="button" @click=${()=>this.ask("qkv-select",k)}>${this.text.letGo}</button>
    </p>`}renderPrecision({weights:{precision:e,overview:r},layer:i}){let n=i.kernel?` ${this.text.kernel(i.kernel)}`:"";return e===null?this.text.bound(...r.by)+n:this.text.exact(Zt(e))+n}};I.styles=[$,b`
      :host {
        min-height: 5.5rem;
      }
      p {
        overflow-wrap: anywhere;
      }
      .part {
        white-space: nowrap;
        margin-inline-end: 0.9em;
      }
      bdi {
        font-family: var(--serif);
        font-size: 1.1em;
        white-space: normal;
      }
      #cell {
        font-weight: 600;
        color: var(--accent);
      }
      button {
        text-decoration: underline;
      }
    `],d([m({attribute:!1})],I.prototype,"shown",2),d([m({attribute:!1})],I.prototype,"focused",2),d([m({attribute:!1})],I.prototype,"locked",2),I=d([x("qkv-readout")],I);var Tr=s=>(...t)=>({_$litDirective$:s,values:t}),Ve=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,r){this._$Ct=t,this._$AM=e,this._$Ci=r}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};var ti={},Nr=Tr(class extends Ve{constructor(){super(...arguments),this.ot=ti}render(s,t){return t()}update(s,[t,e]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((r,i)=>r===this.ot[i]))return P}else if(this.ot===t)return P;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,e)}});var Hr=64,ri={ArrowLeft:-1,ArrowUp:-1,ArrowRight:1,ArrowDown:1,Home:-1/0,End:1/0},A=class extends w{constructor(){super(...arguments);this.label="";this.layout="running";this.pieces=[];this.axis="column";this.offset=0;this.shades=null;this.scale="linear";this.marked=null;this.locked=!1;this.probabilities=null;this.painted="";this.renderPiece=({text:e,space:r},i)=>u`${this.layout==="running"?r:v}<span
        id="p${i}" data-place=${i} role="option" aria-selected="false"
        ><bdi>${e}</bdi></span>`}get spans(){return this.renderRoot.querySelectorAll("[data-place]")}render(){let e=this.marked===null?v:`p${this.marked-this.offset}`;return u`
      <div
        class="pieces"
        role="listbox"
        dir=${this.layout==="running"?"auto":"ltr"}
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${e}
        @pointerover=${r=>this.pointed(r,!1)}
        @pointerleave=${()=>this.ask("qkv-hover",{row:null,column:null})}
        @click=${r=>this.pointed(r,!0)}
        @keydown=${this.keyPressed}
      >${Nr([this.pieces,this.layout],()=>this.pieces.map(this.renderPiece))}</div>
    `}updated(e){e.has("pieces")&&(this.painted=""),this.paintShades(),this.paintProbabilities();let r=this.spans;for(let n of this.renderRoot.querySelectorAll(".marked"))si(n);let i=this.marked===null?void 0:r[this.marked-this.offset];i?.classList.add("marked"),i?.setAttribute("aria-selected",String(this.locked))}paintShades(){let{theme:e}=S,r=Array.from(this.shades??[],n=>Math.round(j(n,this.scale)*Hr)),i=`${e} ${r}`;i!==this.painted&&(this.painted=i,this.spans.forEach((n,o)=>{let a=V((r[o]??0)/Hr,e);n.style.backgroundColor=r[o]?re(a):"",n.style.color=r[o]?Sr(a):""}))}paintProbabilities(){this.spans.forEach((e,r)=>{let i=this.probabilities?.[r];e.classList.toggle("probable",typeof i=="number"),typeof i=="number"&&e.style.setProperty("--probability",`${i*100}%`)})}focusOn(e){let r=e+this.offset;return this.axis==="row"?{row:r,column:null}:{row:null,column:r}}pointed(e,r){let i=e.target.closest("[data-place]");if(!i)return;let n=Number(i.dataset.place),o=this.locked&&this.marked===n+this.offset;r?this.ask("qkv-select",o?{row:null,column:null}:this.focusOn(n)):this.ask("qkv-hover",this.focusOn(n))}keyPressed(e){let r=ri[e.key];if(r===void 0||this.pieces.length===0)return;e.preventDefault();let i=this.marked===null?r<0?this.pieces.length:-1:this.marked-this.offset,n=Math.min(this.pieces.length-1,Math.max(0,i+r));this.ask("qkv-select",this.focusOn(n)),this.spans[n].scrollIntoView({block:"nearest"})}};A.styles=[$,b`
      .pieces {
        font: 400 1.375rem/1.75 var(--serif);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 60vh;
        overflow-y: auto;
      }
      span {
        cursor: pointer;
        border-radius: 2px;
        padding: 0.1em 0;
      }
      .probable {
        background-image: linear-gradient(currentColor, currentColor);
        background-repeat: no-repeat;
        background-position: left bottom;
        background-size: var(--probability) 2px;
      }
      .marked {
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      :host(:not([layout="running"])) .pieces {
        display: flex;
        flex-direction: column;
        font-size: 1rem;
        line-height: 1.5rem;
        white-space: nowrap;
        max-height: none;
        overflow: hidden;
        padding: 3px;
        margin: -3px;
      }
      :host(:not([layout="running"])) span {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        height: 1.5rem;
        padding: 0 0.3em;
      }
      :host([layout="left"]) span {
        align-self: flex-end;
      }
      :host([layout="right"]) span {
        align-self: flex-start;
      }
      @media print {
        .pieces {
          max-height: none;
        }
        span {
          print-color-adjust: exact;
        }
      }
    `],d([m()],A.prototype,"label",2),d([m({reflect:!0})],A.prototype,"layout",2),d([m({attribute:!1})],A.prototype,"pieces",2),d([m({attribute:!1})],A.prototype,"axis",2),d([m({attribute:!1})],A.prototype,"offset",2),d([m({attribute:!1})],A.prototype,"shades",2),d([m({attribute:!1})],A.prototype,"scale",2),d([m({attribute:!1})],A.prototype,"marked",2),d([m({attribute:!1})],A.prototype,"locked",2),d([m({attribute:!1})],A.prototype,"probabilities",2),A=d([x("qkv-shaded-text")],A);function si(s){s.classList.remove("marked"),s.setAttribute("aria-selected","false")}var O=class extends w{constructor(){super(...arguments);this.unit="words";this.scale="linear";this.mapOption=({kind:e,name:r},i)=>[String(i),r?`${this.text.mapKinds[e]} ${r}`:this.text.mapKinds[e]];this.layerOption=({name:e},r)=>[String(r),e||this.text.layerNumber(r)]}render(){let{maps:e}=this.view,r=e[this.pane.map],i=r.layers[this.pane.layer];return u`<p>
      ${this.text.showing}
      ${this.renderSelect(this.text.map,e.map(this.mapOption),this.pane.map,n=>this.choose(Q(this.pane.view,this.view,Number(n))))},
      ${i?this.renderLayer(r,i):v}
    </p>`}renderLayer(e,r){let i=[["words",this.text.words],["tokens",this.text.tokens]],n=[["linear",this.text.linear],["log",this.text.log]];return u`
      ${this.renderSelect(this.text.layer,e.layers.map(this.layerOption),this.pane.layer,o=>this.chooseLayer(e,Number(o)))},
      ${this.renderSelect(this.text.head,this.headOptions(r),this.pane.head??"mean",o=>this.choose({...this.pane,head:o==="mean"?null:Number(o)}))},
      ${this.renderSelect(this.text.unit,Ue(r)?i:i.slice(1),this.unit,o=>this.ask("qkv-select",{unit:o,row:null,column:null}))},
      ${this.renderSelect(this.text.scale,n,this.scale,o=>this.ask("qkv-select",{scale:o}))}
    `}renderSelect(e,r,i,n){return r.length===1?u`<span>${r[0][1]}</span>`:u`<select
      aria-label=${e}
      @change=${o=>n(o.target.value)}
    >
      ${r.map(([o,a])=>u`<option value=${o} .selected=${o===String(i)}>${a}</option>`)}
    </select>`}headOptions(e){let r=e.heads.map((n,o)=>[String(o),this.text.headNumber(o)]);return r.length>1&&Ue(e)?[["mean",this.text.meanOfHeads(r.length)],...r]:r}chooseLayer({layers:e},r){let i=e[r].heads.length,{head:n}=this.pane;this.choose({...this.pane,layer:r,head:n!==null&&n>=i?0:n})}choose(e){this.dispatchEvent(new CustomEvent("qkv-pane",{detail:e}))}};O.styles=[$,b`
      p {
        font-family: var(--serif);
        font-size: 1.0625rem;
      }
    `],d([m({attribute:!1})],O.prototype,"view",2),d([m({attribute:!1})],O.prototype,"pane",2),d([m({attribute:!1})],O.prototype,"unit",2),d([m({attribute:!1})],O.prototype,"scale",2),O=d([x("qkv-shown-sentence")],O);var $t=60,xt=24,ii=180,ni=.05,_=class extends w{constructor(){super(...arguments);this.scale="linear";this.focused=k;this.locked=!1;this.blocks=[]}get parts(){let{weights:e}=this.shown,{row:r,column:i}=this.focused,[n,o]=e.shape,a=r??(i===null?0:be(e.column(i),1)[0])??0,l=i??be(e.row(a),1)[0]??0;return{rows:Fr(a,n),columns:Fr(l,o)}}render(){let{rows:e,columns:r}=this.parts,{querySide:i,keySide:n,weights:o}=this.shown;return u`
      <div class="columns">
        ${this.renderSide("column",n.name||this.text.lookedAtSide,r)}
        <canvas aria-hidden="true"></canvas>
        ${this.renderSide("row",i.name||this.text.looking,e)}
      </div>
      ${this.renderPart(r,o.shape[1])} ${this.renderPart(e,o.shape[0])}
    `}renderSide(e,r,{first:i,end:n}){let{rows:o,columns:a}=this.shown;return u`<qkv-shaded-text
      layout=${e==="row"?"right":"left"}
      .label=${r}
      .axis=${e}
      .offset=${i}
      .pieces=${(e==="row"?o:a).slice(i,n)}
      .marked=${this.focused[e]}
      .locked=${this.locked}
    ></qkv-shaded-text>`}renderPart({first:e,end:r},i){return r-e===i?v:u`<p class="quiet">${this.text.linksPart(e+1,r,i)}</p>`}updated(){let{rows:e,columns:r}=this.parts,i=xt*Math.max(e.end-e.first,r.end-r.first),[n,o]=[this.canvas,devicePixelRatio];n.style.height=`${i}px`;let a=n.clientWidth||ii;[n.width,n.height]=[a*o,i*o];let l=n.getContext("2d");l.scale(o,o),this.drawGold(l,a,e,r),this.drawLinks(l,a,e,r)}drawLinks(e,r,i,n){let{weights:o}=this.shown,{row:a,column:l}=this.focused,h=[];for(let p=i.first;p<i.end;p++){let f=o.row(p);for(let g=n.first;g<n.end;g++)f[g]>=ni&&h.push([p,g,f[g]])}h.sort((p,f)=>p[2]-f[2]);let c=a!==null||l!==null;for(let[p,f,g]of h){let y=c&&(a===null||a===p)&&(l===null||l===f);e.globalAlpha=c&&!y?.15:1,e.strokeStyle=re(V(.25+.75*j(g,this.scale),S.theme)),e.lineWidth=.5+4*g,Ur(e,r,f-n.first,p-i.first)}e.globalAlpha=1}drawGold(e,r,i,n){e.strokeStyle=getComputedStyle(this).getPropertyValue("--gold"),e.lineWidth=1.5;for(let o of this.blocks.filter(({kind:a})=>a!=="link")){e.setLineDash(o.kind==="possible"?[4,3]:[]);let a=([l,h],c)=>(l+h-1)/2-c.first;Ur(e,r,a(o.columns,n)+.22,a(o.rows,i)+.22)}e.setLineDash([])}};_.styles=[$,b`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(3rem, 11rem) minmax(0, 1fr);
        gap: 0.25rem;
        max-width: 40rem;
      }
      canvas {
        width: 100%;
      }
    `],d([m({attribute:!1})],_.prototype,"shown",2),d([m({attribute:!1})],_.prototype,"scale",2),d([m({attribute:!1})],_.prototype,"focused",2),d([m({attribute:!1})],_.prototype,"locked",2),d([m({attribute:!1})],_.prototype,"blocks",2),d([Re("canvas")],_.prototype,"canvas",2),_=d([x("qkv-word-links")],_);function Fr(s,t){let e=Math.max(0,Math.min(t-$t,s-$t/2));return{first:e,end:Math.min(t,e+$t)}}function Ur(s,t,e,r){let[i,n]=[(e+.5)*xt,(r+.5)*xt];s.beginPath(),s.moveTo(0,i),s.bezierCurveTo(t/2,i,t/2,n,t,n),s.stroke()}var M=class extends w{constructor(){super(...arguments);this.place=0;this.hover=k;this.shown=null;this.failure=""}get pane(){return this.selection.panes[this.place]}get focused(){let{row:e,column:r}=this.locked?this.selection:this.hover,[i,n]=this.shown?.weights.shape??[0,0];return{row:e!==null&&e<i?e:null,column:r!==null&&r<n?r:null}}get locked(){return this.selection.row!==null||this.selection.column!==null}get scale(){return this.selection.scale??(this.shown?br(this.shown.weights):"linear")}willUpdate(e){let r=e.get("selection"),i=JSON.stringify(this.pane);(e.has("view")||e.has("selection")&&(JSON.stringify(r?.panes[this.place])!==i||r?.unit!==this.selection.unit))&&this.open(i)}async open(e){try{let{view:r}=this,i=await wr(r,this.pane,this.selection.unit);r===this.view&&e===JSON.stringify(this.pane)&&(this.shown=i)}catch(r){this.failure=String(r)}}choosePane(e){let r=this.selection.panes.map((n,o)=>o===this.place?e:n),i=e.map===this.pane.map;this.ask("qkv-select",i?{panes:r}:{panes:r,...k})}render(){let{view:e,shown:r}=this;return u`
      ${e.model?u`<p class="model quiet">${e.model.name} · ${e.model.description}</p>`:v}
      ${this.failure?u`<p role="alert">${this.text.unreadable(this.failure)}</p>`:v}
      ${e.maps.length?this.renderSentence():u`<p>${this.text.noMaps}</p>`}
      ${r?this.renderFigures(r):v}
      ${this.renderConfidence()} ${e.notes.length?this.renderNotes(e.notes):v}
    `}renderSentence(){return u`
      <div class="said">
        <qkv-shown-sentence
          .view=${this.view}
          .pane=${this.pane}
          .unit=${this.shown?.unit??this.selection.unit}
          .scale=${this.scale}
          @qkv-pane=${({detail:e})=>this.choosePane(e)}
        ></qkv-shown-sentence>
        <qkv-readout .shown=${this.shown} .focused=${this.focused} .locked=${this.locked}></qkv-readout>
      </div>
    `}renderFigures(e){let r=Kt(this.view.gold,e);return u`
      ${this.showsPicture(e)?this.renderPicture(e):this.renderText(e)}
      ${this.renderMap(e,r)} ${this.showsPicture(e)?v:this.renderLinks(e,r)}
      ${q(this.text.headsHeading,this.text.headsExplained,u`<qkv-head-mosaic
          .maps=${this.view.maps}
          .pane=${this.pane}
          .scale=${this.scale}
          @qkv-pane=${({detail:i})=>this.choosePane(i)}
        ></qkv-head-mosaic>`)}
    `}showsPicture({map:e}){return this.view.picture!==null&&e.columns===0}renderText(e){let{weights:r,querySide:i,keySide:n,rows:o,columns:a}=e,{row:l,column:h}=this.focused,c=i===n;return q(this.text.textHeading,c?this.text.textExplainedSelf:this.text.textExplained,u`
        ${this.renderSide("column",n.name,e,a,l===null?null:r.row(l))}
        ${this.renderSide("row",i.name,e,o,h===null?null:r.column(h))}
      `)}renderSide(e,r,i,n,o){let a=e==="row"?this.text.looking:this.text.lookedAtSide,l=e==="row"?i.querySide:i.keySide,h=l.probabilities?n.map(({tokens:c})=>ye(l,c)):null;return u`
      <h3 class="quiet">${r?`${a}: ${r}`:a}</h3>
      <qkv-shaded-text
        .label=${r?`${a}: ${r}`:a}
        .axis=${e}
        .pieces=${n}
        .shades=${o}
        .scale=${this.scale}
        .marked=${this.focused[e]}
        .locked=${this.locked}
        .probabilities=${h}
      ></qkv-shaded-text>
    `}renderPicture(e){let{weights:r,rows:i}=e,{row:n,column:o}=this.focused,a=this.view.picture;return u`
      ${q(this.text.pictureHeading,this.text.pictureExplained,u`
          <qkv-picture-regions
            class="picture"
            .picture=${a}
            .name=${n===null?this.text.pictureWhole:this.text.pictureName(i[n].text)}
            .shades=${n===null?null:r.row(n)}
            .marked=${o}
          ></qkv-picture-regions>
          ${this.renderSide("row",e.querySide.name,e,i,o===null?null:r.column(o))}
        `)}
      ${q(this.text.pictureWordsHeading,"",this.renderPictureWords(e))}
    `}renderPictureWords({weights:e,rows:r}){return u`<ol class="small-pictures">
      ${r.map(({text:i},n)=>u`<li>
          <qkv-picture-regions
            .picture=${this.view.picture}
            .name=${this.text.pictureName(i)}
            .shades=${e.row(n)}
          ></qkv-picture-regions>
          <bdi>${i}</bdi>
        </li>`)}
    </ol>`}renderMap(e,r){let{gold:i}=this.view;return q(this.text.mapHeading,u`${this.text.mapExplained} <span class="screen">${this.text.mapKeys}</span>
        ${i&&r.length?u`<br />${this.text.goldLegend} ${this.text.aer(fe(i.aer))}.`:v}`,u`
        <qkv-heat-map
          .shown=${e}
          .scale=${this.scale}
          .focused=${this.focused}
          .locked=${this.locked}
          .blocks=${r}
        ></qkv-heat-map>
        <qkv-legend .scale=${this.scale}></qkv-legend>
      `)}renderLinks(e,r){return q(this.text.linksHeading,this.text.linksExplained,u`<qkv-word-links
        .shown=${e}
        .scale=${this.scale}
        .focused=${this.focused}
        .locked=${this.locked}
        .blocks=${r}
      ></qkv-word-links>`)}renderConfidence(){let{alternatives:e,sides:r}=this.view,i=r.find(({probabilities:n})=>n);return u`
      ${i?q(this.text.confidenceHeading,"",u`<ol class="confidence">
            ${ve(i,this.shown?.unit??"words").map(({text:n,tokens:o})=>{let a=ye(i,o);return u`<li><bdi>${n}</bdi><meter value=${a} aria-label=${n}></meter>
                <span class="number quiet">${ge(a)}</span></li>`})}
          </ol>`):v}
      ${e.length?this.renderAlternatives():v}
    `}renderAlternatives(){return q(this.text.alternativesHeading,this.text.alternativesExplained,u`<ol class="alternatives">
        ${this.view.alternatives.map(({text:e,score:r})=>u`<li><span class="number quiet">${r.toFixed(3)}</span> <span dir="auto">${e}</span></li>`)}
      </ol>`)}renderNotes(e){return q(this.text.notesHeading,"",u`<ul>${e.map(r=>this.renderNote(r))}</ul>`)}renderNote({map:e,layer:r,head:i,place:n,share:o}){let a=this.text.headName(this.view.maps[e].layers[r].name||this.text.layerNumber(r),this.text.headNumber(i));return u`<li>
      ${this.text.sink(ge(o),this.text.places[n],a)}
      <button class="screen" type="button" @click=${()=>this.choosePane({...this.pane,map:e,layer:r,head:i})}>
        ${this.text.showIt}
      </button>
    </li>`}};M.styles=[$,b`
      .model {
        margin-top: 0.75rem;
      }
      .said {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--paper);
        border-bottom: 1px solid var(--rule);
        padding: 0.75rem 0;
      }
      figure {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 15rem;
        gap: 0.5rem 2.5rem;
        padding: 1.25rem 0;
        break-inside: avoid;
      }
      @container (max-width: 50rem) {
        figure {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      :host {
        container-type: inline-size;
      }
      h2 {
        font: italic 400 1.125rem/1.4 var(--serif);
        grid-column: 1 / -1;
      }
      h3 {
        margin-top: 0.5rem;
      }
      .picture {
        max-width: 32rem;
      }
      .small-pictures {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr));
        gap: 0.75rem;
      }
      .confidence li {
        display: grid;
        grid-template-columns: minmax(0, 10rem) minmax(3rem, 16rem) 4rem;
        gap: 0.75rem;
        align-items: center;
      }
      meter {
        width: 100%;
      }
      bdi {
        font-family: var(--serif);
        overflow-wrap: anywhere;
      }
      .alternatives li {
        padding: 0.15rem 0;
        font-family: var(--serif);
      }
      button {
        text-decoration: underline;
      }
      @media print {
        .said {
          position: static;
        }
      }
    `],d([m({attribute:!1})],M.prototype,"view",2),d([m({attribute:!1})],M.prototype,"place",2),d([m({attribute:!1})],M.prototype,"selection",2),d([m({attribute:!1})],M.prototype,"hover",2),d([F()],M.prototype,"shown",2),d([F()],M.prototype,"failure",2),M=d([x("qkv-view")],M);var q=(s,t,e)=>u`
  <figure aria-label=${s}>
    <h2>${s}</h2>
    <div>${e}</div>
    <figcaption class="quiet">${t}</figcaption>
  </figure>
`;var Gr="qkv views 1";function oi(s){let t=JSON.parse(s.getElementById("views")?.textContent??"");if(t.format!==Gr)throw new Error(`${t.format}, not ${Gr}`);return t}function ai(s){return s.length===2&&s[0].sides[0]?.text===s[1].sides[0]?.text}var T=class extends w{constructor(){super(...arguments);this.report=null;this.failure="";this.hover=k;this.addressChanged=()=>{this.report&&(this.selection=this.selectionOfAddress(this.report.views))};this.keyPressed=({key:e})=>{e==="Escape"&&this.select(k)}}connectedCallback(){super.connectedCallback(),addEventListener("popstate",this.addressChanged),addEventListener("keydown",this.keyPressed),this.open()}disconnectedCallback(){removeEventListener("popstate",this.addressChanged),removeEventListener("keydown",this.keyPressed),super.disconnectedCallback()}open(){try{this.report=oi(document),this.report.views.length&&(this.selection=this.selectionOfAddress(this.report.views))}catch(e){this.failure=String(e)}}selectionOfAddress(e){let r=Qt(location.hash,e);return location.hash===""&&ai(e)&&r.panes.push(Q(1,e[1])),r}select(e){let r={...this.selection,...e},i=`#${ht(r)}`;i!==`#${ht(this.selection)}`&&(this.selection=r,history.pushState(null,"",i))}point(e){this.hover=e}render(){return u`
      <header>
        <h1>${this.report?.title}</h1>
        <qkv-preferences-switch class="screen"></qkv-preferences-switch>
      </header>
      <main>${this.failure?u`<p role="alert">${this.text.unreadable(this.failure)}</p>`:this.renderViews()}</main>
    `}renderViews(){if(!this.report)return v;let{views:e}=this.report;if(e.length===0)return u`<p>${this.text.noViews}</p>`;let{panes:r}=this.selection;return u`
      ${e.length>1?this.renderChoice(e):v}
      <div
        class="panes"
        data-count=${r.length}
        @qkv-hover=${({detail:i})=>this.point(i)}
        @qkv-select=${({detail:i})=>this.select(i)}
      >
        ${r.map((i,n)=>u`
            <qkv-view
              .view=${e[i.view]}
              .place=${n}
              .selection=${this.selection}
              .hover=${this.hover}
            ></qkv-view>
          `)}
      </div>
    `}renderChoice(e){let[r,i]=this.selection.panes,n=o=>a=>{let l=Number(a.target.value),h=l<0?[]:[Q(l,e[l])],c=o===0?[...h,...i?[i]:[]]:[r,...h];this.select({panes:c,...k})};return u`
      <p class="choice screen">
        <label>${this.text.views}
          <select @change=${n(0)}>${Ir(e,r.view)}</select>
        </label>
        <label>${this.text.compareWith}
          <select @change=${n(1)}>
            <option value="-1" ?selected=${!i}>${this.text.nothingBeside}</option>
            ${Ir(e,i?.view)}
          </select>
        </label>
      </p>
    `}};T.styles=[$,b`
      :host {
        max-width: 84rem;
        margin: 0 auto;
        padding: 1rem clamp(0.75rem, 4vw, 3rem) 4rem;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        justify-content: space-between;
        align-items: baseline;
        padding-bottom: 0.5rem;
        border-bottom: 1px solid var(--rule);
      }
      h1 {
        font: 400 1.25rem/1.3 var(--serif);
        overflow-wrap: anywhere;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 2rem;
        margin-top: 0.75rem;
      }
      .panes {
        display: grid;
        gap: 0 3rem;
        grid-template-columns: minmax(0, 1fr);
      }
      @media (min-width: 60rem) {
        .panes[data-count="2"] {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `],d([F()],T.prototype,"report",2),d([F()],T.prototype,"failure",2),d([F()],T.prototype,"selection",2),d([F()],T.prototype,"hover",2),T=d([x("qkv-report")],T);function Ir(s,t){return s.map((e,r)=>u`
      <option value=${r} ?selected=${r===t}>${r+1} · ${e.title}</option>
    `)}Dt(document);document.body.append(document.createElement("qkv-report"));})();
/*! Bundled license information:

@lit/reactive-element/css-tag.js:
  (**
   * @license
   * Copyright 2019 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/reactive-element.js:
lit-html/lit-html.js:
lit-element/lit-element.js:
@lit/reactive-element/decorators/custom-element.js:
@lit/reactive-element/decorators/property.js:
@lit/reactive-element/decorators/state.js:
@lit/reactive-element/decorators/event-options.js:
@lit/reactive-element/decorators/base.js:
@lit/reactive-element/decorators/query.js:
@lit/reactive-element/decorators/query-all.js:
@lit/reactive-element/decorators/query-async.js:
@lit/reactive-element/decorators/query-assigned-nodes.js:
lit-html/directive.js:
  (**
   * @license
   * Copyright 2017 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/is-server.js:
  (**
   * @license
   * Copyright 2022 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

@lit/reactive-element/decorators/query-assigned-elements.js:
  (**
   * @license
   * Copyright 2021 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)

lit-html/directives/guard.js:
  (**
   * @license
   * Copyright 2018 Google LLC
   * SPDX-License-Identifier: BSD-3-Clause
   *)
*/
