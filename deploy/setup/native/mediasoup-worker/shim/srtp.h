// Included by the worker in place of libsrtp 3's <srtp.h>: the calls of version 3 that the worker makes, in terms of
// version 2. They differ in three ways:
//   - a policy is an opaque object with setters, no longer a struct that the caller fills;
//   - master key and salt are given apart, version 2 wants one after the other in one buffer that outlives srtp_create;
//   - packets go from an input to an output buffer, version 2 works in place on an int length.
// The worker uses no master key index (MKI) and no cryptex, so these have no counterpart here.
#pragma once

// The names that both versions have for different things are moved out of the way while version 2 is read.
#define srtp_policy_t srtp_policy_of_v2
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>

// Only named in the worker's table of error texts; the numbers follow version 2's last one.
constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(srtp_err_status_pkt_idx_adv + 1);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(srtp_err_status_pkt_idx_adv + 2);

namespace srtp_shim
{
	struct Policy
	{
		srtp_policy_of_v2 v2{};
		std::array<uint8_t, SRTP_MAX_KEY_LEN> master{};
	};

	using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

	// Version 2's protect calls append to the packet without knowing where the buffer ends, so `room` is checked first.
	inline srtp_err_status_t transform(
	  InPlace call, srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t room)
	{
		if (inLen > INT_MAX - room || inLen + room > *outLen)
		{
			return srtp_err_status_buffer_small;
		}
		if (in != out)
		{
			std::copy_n(in, inLen, out);
		}

		int len          = static_cast<int>(inLen);
		const auto error = call(session, out, &len);

		*outLen = error == srtp_err_status_ok ? static_cast<size_t>(len) : 0;

		return error;
	}
} // namespace srtp_shim

using srtp_policy_t = srtp_shim::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new srtp_shim::Policy();

	return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->v2.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto error = srtp_crypto_policy_set_from_profile_for_rtp(&policy->v2.rtp, profile);

	if (error != srtp_err_status_ok)
	{
		return error;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->v2.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	if (mkiLen != 0 || keyLen + saltLen > policy->master.size())
	{
		return srtp_err_status_bad_param;
	}

	std::copy_n(salt, saltLen, std::copy_n(key, keyLen, policy->master.begin()));
	policy->v2.key = policy->master.data();

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
	policy->v2.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->v2.window_size = packets;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, &policy->v2);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return srtp_shim::transform(::srtp_protect, session, rtp, rtpLen, srtp, srtpLen, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return srtp_shim::transform(::srtp_unprotect, session, srtp, srtpLen, rtp, rtpLen, 0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	// SRTCP adds its index word to what SRTP adds.
	constexpr size_t room = SRTP_MAX_TRAILER_LEN + sizeof(uint32_t);

	return srtp_shim::transform(::srtp_protect_rtcp, session, rtcp, rtcpLen, srtcp, srtcpLen, room);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return srtp_shim::transform(::srtp_unprotect_rtcp, session, srtcp, srtcpLen, rtcp, rtcpLen, 0);
}
